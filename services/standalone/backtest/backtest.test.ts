import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import { describeBacktest } from '../report/backtest-text.ts';
import { type Backtest, runBacktest } from './run.ts';
import { writeBacktest } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'backtest-'));
const recorded = join(import.meta.dirname, '../../../test/fixtures/demo/stream.ndjson');

const exec = (account: string): string => `
title: Exec into a pod by a service account
id: 7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9c001
logsource: { product: kubernetes, service: audit }
detection:
  exec:
    kubernetes.audit.objectRef.subresource: exec
    user.name|startswith: '${account}'
  condition: exec
level: high
breakwater: { opener: true }
`;
const curl = `
title: Any curl in a container
id: 7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9c002
logsource: { product: linux, category: process_creation }
detection:
  curl: { process.name: curl }
  condition: curl
level: low
`;

function files(...texts: readonly string[]): RuleFiles {
  return { sources: texts.map((text, at) => ({ file: `${at}.yml`, text })), lists: new Map() };
}

const present = files(exec('system:serviceaccount:'));

async function backtest(name: string, candidate: RuleFiles, against = recorded): Promise<Backtest> {
  return runBacktest({
    files: [against],
    scope: 'default',
    present,
    candidate,
    only: false,
    out: join(folder, name),
  });
}

/** One rule made narrower, another added. */
let trial: Backtest;
beforeAll(async () => {
  trial = await backtest('trial', files(exec('system:serviceaccount:ci:'), curl));
}, 120_000);

it('shows the incident that vanishes when its rule is made narrower', () => {
  expect(trial.on_trial).toMatchObject([
    { state: 'changed', title: 'Exec into a pod by a service account' },
    { state: 'new', title: 'Any curl in a container' },
  ]);
  expect(trial.tallies.slice(0, 2)).toMatchObject([
    { before: 1, after: 0, vanished: 1, before_per_day: 24 },
    { before: 0, after: 1, appeared: 1, after_per_day: 24 },
  ]);
  const [vanished] = trial.signal_changes.filter(({ change }) => change === 'vanished');
  expect(vanished).toMatchObject({
    level: 'high',
    actors: expect.arrayContaining(['serviceaccount:analytics/notebook']),
  });
  const incidents = trial.incident_changes.filter(({ change }) => change === 'vanished');
  expect(incidents).toMatchObject([{ before: { opened_by: 'sequence' }, after: undefined }]);
});

it('shows the signal that a new rule adds', () => {
  expect(trial.signal_changes.filter(({ change }) => change === 'appeared')).toMatchObject([
    { rule: 'Any curl in a container', summary: expect.stringContaining('curl') },
  ]);
});

it('says it in words', () => {
  const text = describeBacktest(trial);
  expect(text).toContain('Signals: 1 appeared, 1 vanished, 0 changed');
  expect(text).toContain('Never fires here: Exec into a pod by a service account');
});

it('finds no difference between a set and itself, on the events that a replay wrote', async () => {
  const same = await backtest('same', present, join(folder, 'trial', 'present', 'events.ndjson'));
  expect(same).toMatchObject({ dead_letters: 0, on_trial: [], signal_changes: [], incident_changes: [] });
  expect(same.signals.before).toBeGreaterThan(0);
  expect(describeBacktest(same)).toContain('no rule that differs');
  writeBacktest(join(folder, 'same'), same);
  expect(readFileSync(join(folder, 'same', 'signals.ndjson'), 'utf8')).toBe('');
}, 120_000);

it('refuses a broken candidate before anything is replayed, with its place', async () => {
  const broken = files(exec('x').replace('startswith', 'startwith'));
  await expect(backtest('broken', broken)).rejects.toThrow('0.yml:8:5: error modifier-unknown');
});
