import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import type { AuditEntry } from './audit-trail.ts';
import { watchRules, type RuleWatch } from './rule-watch.ts';

const first = '11111111-1111-4111-8111-111111111111';
const second = '22222222-2222-4222-8222-222222222222';
const rule = (id: string, title: string): string =>
  JSON.stringify({
    title,
    id,
    level: 'high',
    logsource: { product: 'linux' },
    detection: { s: { f: 'x' }, condition: 's' },
  });

let folder = '';
let entries: AuditEntry[] = [];
let errors: string[] = [];
let due: (() => void) | undefined;
let failures = 0;
let swapped: number[] = [];
let watch: RuleWatch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rule-watch-'));
  [entries, errors, due, failures, swapped] = [[], [], undefined, 0, []];
  await writeFile(join(folder, 'a.yml'), rule(first, 'one'));
  watch = await watchRules({
    folder,
    scope: 'acme',
    timer: {
      after: (_, call) => {
        due = call;
        return () => undefined;
      },
    },
    clock: { now_ms: () => 1_000 },
    audit: {
      record: (more) => {
        if (failures-- > 0) return Promise.reject(new BreakwaterError('BW_AUDIT_BACKLOG', 'not now'));
        entries.push(...more);
        return Promise.resolve();
      },
    },
    telemetry: { ...noTelemetry, errorSeen: (code, stage) => errors.push(`${code} ${stage}`) },
    log: silentLog,
    onSwapped: async (set) => void swapped.push(set.rules.length),
  });
});
afterEach(async () => {
  watch.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lets the interval pass; resolves when the look is over and the next one is due. */
async function interval(): Promise<void> {
  const call = due;
  due = undefined;
  call?.();
  await expect.poll(() => due).toBeDefined();
}

test('every set that comes into force is written down, with the hash of each rule', async () => {
  await watch.start();
  expect(entries).toMatchObject([
    { type: 'rule.loaded', tenant: 'acme', time_ns: 1_000_000_000n, facts: { rules: '1' } },
  ]);
  expect(JSON.parse(entries[0]?.body ?? '')).toEqual({
    rules: { [first]: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });

  await writeFile(join(folder, 'a.yml'), rule(first, 'changed'));
  await writeFile(join(folder, 'b.yml'), rule(second, 'new'));
  const before = watch.detector();
  await interval();
  expect(watch.detector()).not.toBe(before);
  const [loaded, changed, added] = entries.slice(1);
  expect(loaded?.facts).toMatchObject({ rules: '2', previous_sha256: entries[0]?.facts['sha256'] });
  expect(changed).toMatchObject({ type: 'rule.changed', facts: { name: first } });
  expect(Object.keys(changed?.facts ?? {})).toEqual(['name', 'sha256', 'previous_sha256']);
  expect(Object.keys(added?.facts ?? {})).toEqual(['name', 'sha256']);

  await interval();
  expect(entries).toHaveLength(4);
  expect(swapped).toEqual([2]);
});

test('a broken or missing folder is counted, and the former rules stay', async () => {
  await watch.start();
  const before = watch.detector();
  await writeFile(join(folder, 'b.yml'), 'title: broken');
  await interval();
  await rm(folder, { recursive: true });
  await interval();
  expect(errors).toEqual(['BW_RULES_REFUSED rules', 'BW_RULES_MISSING rules']);
  expect(watch.detector()).toBe(before);
  expect(entries).toHaveLength(1);
});

test('what cannot be written down now is written down later', async () => {
  failures = 2;
  await watch.start();
  expect(entries).toHaveLength(1);
});
