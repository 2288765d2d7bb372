import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Decision, Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import { splitFacts } from '#shared/ledger/records/leaf.ts';
import { type Changes, ScopeFold } from './core/fold.ts';
import { loadFold, saveFold } from './core/snapshot.ts';
import { defaultParameters } from './core/parameters.ts';
import { judgementEntries, parametersEntry, stepEntries } from './outputs.ts';
import { testCorrelations } from './testing/correlations.ts';
import { smallParameters } from './testing/parameters.ts';
import { shellSignal } from './testing/signal.ts';
import { start_ns, worldScope } from './testing/world-scope.ts';

const minute_ns = 60_000_000_000n;

function signal(id: string, rule: string, minutes: bigint): Signal {
  return shellSignal(id, Number(minutes), {
    rule: { id: rule, title: rule, level: 'high', origin: 'sigma', sha256: 'ab'.repeat(32) },
    actors: ['container:c10000000000'],
    event: { id: `event-${id}`, hash: 'cd'.repeat(32), dataset: 'falco.alerts' },
    summary: id,
  });
}

const shell = signal('s1', 'r/shell', 0n);
const token = signal('s2', 'r/token', 1n);

function suppression(rule: string): Decision {
  return {
    id: 'd1',
    scope: worldScope,
    time_ns: start_ns,
    actor: 'alice',
    action: 'suppress',
    incident: '',
    arguments: { rule, from: '2026-01-01T00:00:00Z', expires: '2027-01-01T00:00:00Z' },
    reason: 'known',
  };
}

function openFold(): ScopeFold {
  return new ScopeFold(worldScope, smallParameters, testCorrelations());
}

function apply(fold: ScopeFold, signals: readonly Signal[], decisions: readonly Decision[] = []): Changes {
  return fold.apply({ signals, facts: [], decisions, ceiling_ns: start_ns + 1_000n * minute_ns });
}

const entriesOf = (changes: Changes) => judgementEntries('tenant', worldScope, changes, 5n);
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

test('a firing is a detection that names its parts, with the hash over the hashes of their records', () => {
  const entries = entriesOf(apply(openFold(), [shell, token]));
  const records = [shell, token].map((part) => `${sha256(codecs.signal.encode(part))}\n`);
  expect(entries).toMatchObject([
    {
      type: 'detection.fired',
      tenant: worldScope,
      time_ns: token.time_ns,
      facts: {
        signal: 'firing-s1',
        rule: 'r/sequence',
        origin: 'correlation',
        parts: '2',
        part_ids: 's1 s2',
        parts_sha256: sha256(records.join('')),
        event: 'event-s2',
      },
    },
  ]);
  const { hidden } = splitFacts('detection.fired', entries[0]?.facts ?? {});
  // The auditor makes subjects of it.
  expect(Object.keys(hidden)).toEqual(['entities']);
});

test('the hash of a part is that of its record, whoever encodes it', () => {
  const record = codecs.signal.encode({ ...shell, fields: { 'b.b': '1', 'a.a': '2' } });
  expect(codecs.signal.encode(codecs.signal.decode(record))).toEqual(record);
});

test('the numbers that steps name by their hash are in a record of their own', () => {
  const { facts, body } = parametersEntry(defaultParameters, 'tenant', 7);
  expect(facts['sha256']).toBe(sha256(body ?? ''));
  const step = { type: 'incident.opened', time_ns: 1n, incident: 'i', facts: {} } as const;
  const [entry] = stepEntries('tenant', worldScope, { ...apply(openFold(), []), steps: [step] }, 5n);
  expect(entry?.facts['policy_sha256']).toBe(facts['sha256']);
});

test('what was said of a firing is not said again, by itself or after a restart', () => {
  const fold = openFold();
  apply(fold, [shell, token]);
  expect(entriesOf(apply(fold, [token]))).toEqual([]);
  const { fold: restored } = loadFold(saveFold(fold, true), smallParameters, testCorrelations());
  expect(entriesOf(apply(restored, [token]))).toEqual([]);
  const more = entriesOf(apply(restored, [signal('s3', 'r/token', 2n)]));
  expect(more.map(({ facts }) => facts['part_ids'])).toEqual(['s1 s2 s3']);
});

test('a firing that holds no more is withdrawn', () => {
  const fold = openFold();
  const correlations = testCorrelations();
  apply(fold, [shell, token]);
  const firings = [...fold.intake.firings()];
  const other = loadFold(saveFold(fold, true), smallParameters, correlations).fold;
  other.doubtFirings(firings);
  expect(entriesOf(apply(other, [signal('s9', 'r/other', 3n)]))).toMatchObject([
    { type: 'detection.withdrawn', facts: { signal: 'firing-s1', rule: 'r/sequence' } },
  ]);
});

test('what a decision suppresses is told once, rule by rule', () => {
  const fold = openFold();
  const decided = entriesOf(apply(fold, [shell, signal('s4', 'r/shell', 3n)], [suppression('r/shell')]));
  expect(decided).toMatchObject([
    {
      type: 'detection.suppressed',
      tenant: 'tenant',
      facts: {
        decision: 'd1',
        rule: 'r/shell',
        signals: '2',
        members: 's1 s4',
        rule_sha256: 'ab'.repeat(32),
      },
    },
  ]);
  expect(splitFacts('detection.suppressed', decided[0]?.facts ?? {}).hidden).toEqual({});
  expect(entriesOf(apply(fold, [token]))).toEqual([expect.objectContaining({ type: 'detection.fired' })]);
  const { fold: restored } = loadFold(saveFold(fold, true), smallParameters, testCorrelations());
  expect(entriesOf(apply(restored, []))).toEqual([]);
});
