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

let tightened: Backtest;
beforeAll(async () => {
  tightened = await backtest('tightened', files(exec('system:serviceaccount:ci:')));
}, 60_000);

it('shows the incident that vanishes when its rule is tightened', () => {
  expect(tightened.on_trial).toMatchObject([
    { state: 'changed', title: 'Exec into a pod by a service account' },
  ]);
  expect(tightened.tallies[0]).toMatchObject({ before: 1, after: 0, vanished: 1, before_per_day: 24 });
  expect(tightened.signal_changes).toMatchObject([
    {
      change: 'vanished',
      level: 'high',
      actors: expect.arrayContaining(['serviceaccount:analytics/notebook']),
    },
  ]);
  const vanished = tightened.incident_changes.filter(({ change }) => change === 'vanished');
  expect(vanished).toMatchObject([{ before: { opened_by: 'sequence' }, after: undefined }]);
  const text = describeBacktest(tightened);
  expect(text).toContain('Signals: 0 appeared, 1 vanished, 0 changed');
  expect(text).toContain('Never fires here: Exec into a pod by a service account');
});

it('shows the signal that a new rule adds, also on the events that a replay wrote', async () => {
  const events = join(folder, 'tightened', 'present', 'events.ndjson');
  const added = await backtest('added', files(curl), events);
  expect(added.on_trial).toMatchObject([{ state: 'new', kind: 'rule' }]);
  expect(added.signal_changes).toMatchObject([
    { change: 'appeared', rule: 'Any curl in a container', summary: expect.stringContaining('curl') },
  ]);
  expect(added.dead_letters).toBe(0);
});

it('finds no difference between a set and itself, and says the same every time', async () => {
  const same = await backtest('same', present);
  expect(same).toMatchObject({ on_trial: [], signal_changes: [], incident_changes: [] });
  expect(same.signals.before).toBe(tightened.signals.before);
  expect(describeBacktest(same)).toContain('no rule that differs');
  writeBacktest(join(folder, 'same'), same);
  expect(readFileSync(join(folder, 'same', 'signals.ndjson'), 'utf8')).toBe('');
});

it('refuses a broken candidate before anything is replayed, with its place', async () => {
  const broken = files(exec('x').replace('startswith', 'startwith'));
  await expect(backtest('broken', broken)).rejects.toThrow('0.yml:8:5: error modifier-unknown');
});
