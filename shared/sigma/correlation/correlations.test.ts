import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { buildRuleSet, type RuleSet } from '../set/rule-set.ts';
import { type CorrelationOptions, createCorrelations } from './create-correlations.ts';
import { definitionsOf } from './definition.ts';
import { expectedFirings } from './testing/oracle.ts';

const runs = Number(process.env.BREAKWATER_PROPERTY_RUNS ?? 150);
const second_ns = 1_000_000_000n;

function setOf(correlations: readonly object[]): RuleSet {
  const bases = ['a', 'b', 'c'].map((name) => ({
    title: name,
    name,
    id: `id-${name}`,
    level: 'low',
    logsource: { product: 'linux' },
    detection: { s: { f: name }, condition: 's' },
  }));
  const documents = [
    ...bases,
    ...correlations.map((correlation, index) => ({
      title: `k${index}`,
      name: `k${index}`,
      id: `id-k${index}`,
      level: 'high',
      breakwater: { lateness: '5s' },
      correlation,
    })),
  ];
  const result = buildRuleSet([
    { file: 'rules.yml', text: documents.map((document) => JSON.stringify(document)).join('\n---\n') },
  ]);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.set;
}

interface Draft {
  readonly rule: 'a' | 'b' | 'c';
  readonly time: number;
  readonly event: number;
  readonly fields: Readonly<Record<string, string>>;
}

function signalOf({ rule, time, event, fields }: Draft): Signal {
  return {
    id: `${event}-${rule}`,
    scope: 's',
    time_ns: BigInt(time) * (second_ns / 2n),
    family: 'runtime',
    rule: { id: `id-${rule}`, title: rule, level: 'low', origin: 'sigma' },
    score: 20,
    tactics: [],
    techniques: [],
    actors: [`user:${event % 3}`],
    targets: [],
    class: 'attach',
    opener: false,
    event: { id: `event-${event}`, hash: `${event}`, dataset: 'd' },
    summary: '',
    fields,
    parts: [],
  };
}

const bounds = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }).map((gte) => ({ gte })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4 }).map((gt) => ({ gt })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((lt) => ({ lt })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }).map((eq) => ({ eq })) },
  { weight: 1, arbitrary: fc.constant({ gte: 2, lt: 4 }) },
  { weight: 1, arbitrary: fc.constant({ neq: 2 }) },
);
const conditions = fc.constantFrom(
  'a and b',
  'a and not b',
  'a or b',
  'a and b and not c',
  'a and (b or c)',
  'not a and b',
  'c',
);
const references = fc.constantFrom(['a'], ['a', 'b'], ['b', 'a'], ['a', 'b', 'c']);
const common = {
  'group-by': fc.constantFrom([], ['g'], ['g', 'h']),
  timespan: fc.constantFrom('1s', '3s', '8s'),
};
const bases = fc.oneof(
  fc.record({ type: fc.constant('event_count'), rules: references, condition: bounds, ...common }),
  fc.record({
    type: fc.constantFrom('value_count', 'value_sum', 'value_avg', 'value_median', 'value_percentile'),
    rules: references,
    condition: bounds.map((bound) => ({ ...bound, field: 'v' })),
    ...common,
  }),
  fc.record({ type: fc.constantFrom('temporal', 'temporal_ordered'), rules: references, ...common }),
  fc.record({
    type: fc.constantFrom('temporal', 'temporal_ordered'),
    rules: references,
    condition: bounds,
    ...common,
  }),
  fc.record({
    type: fc.constantFrom('temporal', 'temporal_ordered'),
    rules: fc.constant(['a', 'b', 'c']),
    condition: conditions,
    ...common,
  }),
  fc.record({
    type: fc.constantFrom('temporal', 'temporal_ordered'),
    rules: fc.constant(['a', 'b']),
    aliases: fc.constant({ u: { a: 'g', b: 'h' } }),
    'group-by': fc.constant(['u']),
    timespan: common.timespan,
  }),
);
const chained = fc.oneof(
  fc.record({
    type: fc.constant('event_count'),
    rules: fc.constant(['k0']),
    condition: fc.constantFrom({ gte: 1 }, { gte: 2 }),
    'group-by': fc.constantFrom([], ['g']),
    timespan: fc.constantFrom('3s', '8s'),
  }),
  fc.record({
    type: fc.constantFrom('temporal', 'temporal_ordered'),
    rules: fc.constantFrom(['k0', 'a'], ['c', 'k0']),
    'group-by': fc.constantFrom([], ['g']),
    timespan: fc.constantFrom('3s', '8s'),
  }),
  fc.record({
    type: fc.constant('temporal'),
    rules: fc.constant(['k0', 'b']),
    condition: fc.constant('k0 and not b'),
    'group-by': fc.constant(['g']),
    timespan: fc.constantFrom('3s', '8s'),
  }),
);
const drafts = fc.array(
  fc.record({
    rule: fc.constantFrom('a', 'b', 'c'),
    time: fc.integer({ min: 0, max: 60 }),
    event: fc.integer({ min: 0, max: 30 }),
    fields: fc.record(
      {
        g: fc.constantFrom('x', 'y'),
        h: fc.constantFrom('x', 'y'),
        v: fc.constantFrom('1', '2', '3.5', '-2', 'text'),
      },
      { requiredKeys: [] },
    ),
  }),
  { maxLength: 24 },
);

/** One event has one time and one set of fields. */
function consistent(list: readonly Draft[]): readonly Signal[] {
  const events = new Map<number, Draft>();
  return list.map((draft) => {
    const first = events.get(draft.event) ?? draft;
    events.set(draft.event, first);
    return signalOf({ ...draft, time: first.time, fields: first.fields });
  });
}

/** Feeds signals in some order and batches; what stands in the end, by id. */
function standing(
  set: RuleSet,
  signals: readonly Signal[],
  batch: number,
  options: CorrelationOptions = {},
): ReadonlyMap<string, Signal> {
  const correlations = createCorrelations(set, options);
  const firings = new Map<string, Signal>();
  for (let start = 0; start < signals.length; start += batch) {
    const { fired, withdrawn, shed } = correlations.add(signals.slice(start, start + batch));
    expect((shed ?? []).filter(({ reason }) => reason !== 'field_missing')).toEqual([]);
    for (const id of withdrawn) expect(firings.delete(id)).toBe(true);
    for (const firing of fired) firings.set(firing.id, firing);
  }
  return firings;
}

function comparable(
  firings: Iterable<{ id: string; time_ns: bigint; event_id: string; parts: readonly string[] }>,
) {
  return [...firings]
    .map(({ id, time_ns, event_id, parts }) => `${id} ${time_ns} ${event_id} ${parts.join(',')}`)
    .sort();
}

test('firings are those of the definition, for every order, batch and repetition', () => {
  fc.assert(
    fc.property(
      bases,
      fc.option(chained, { nil: undefined }),
      drafts,
      fc.infiniteStream(fc.nat(1_000)),
      fc.integer({ min: 1, max: 9 }),
      (base, outer, list, random, batch) => {
        const set = setOf(outer === undefined ? [base] : [base, outer]);
        const signals = consistent(list);
        const repeated = [...signals, ...signals.slice(0, 4)];
        const shuffled = repeated
          .map((signal) => ({ signal, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ signal }) => signal);
        const expected = expectedFirings({
          correlations: definitionsOf(set).map(({ rule }) => rule),
          signals,
        });
        const found = standing(set, shuffled, batch);
        expect(
          comparable([...found.values()].map((firing) => ({ ...firing, event_id: firing.event.id }))),
        ).toEqual(comparable(expected));
        const sorted = [...signals].sort((a, b) => Number(a.time_ns - b.time_ns));
        expect(new Map(standing(set, sorted, 1))).toEqual(new Map(found));
      },
    ),
    { numRuns: runs },
  );
}, 600_000);

test('long streams are let go of without changing what stands', () => {
  const kinds = fc.constantFrom(
    { type: 'event_count', rules: ['a'], 'group-by': [], timespan: '3s', condition: { gte: 7 } },
    { type: 'event_count', rules: ['a', 'b'], 'group-by': ['g'], timespan: '8s', condition: { eq: 5 } },
    {
      type: 'value_count',
      rules: ['a', 'b'],
      'group-by': ['g'],
      timespan: '3s',
      condition: { field: 'v', gte: 3 },
    },
    { type: 'value_avg', rules: ['a'], 'group-by': ['g'], timespan: '3s', condition: { field: 'v', gt: 2 } },
    {
      type: 'temporal',
      rules: ['a', 'b', 'c'],
      'group-by': ['g'],
      timespan: '1s',
      condition: 'a and b and not c',
    },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'], 'group-by': ['g'], timespan: '1s' },
  );
  const seeds = fc.infiniteStream(fc.nat(1_000_000));
  fc.assert(
    fc.property(kinds, seeds, fc.integer({ min: 1, max: 40 }), (kind, random, batch) => {
      const set = setOf([kind]);
      const pick = (below: number): number => (random.next().value ?? 0) % below;
      const signals = Array.from({ length: 900 }, (_, event) => {
        const rule = (['a', 'a', 'b', 'c'] as const)[pick(4)] ?? 'a';
        const fields = { g: 'xy'.charAt(pick(2)), v: `${pick(4)}` };
        return signalOf({ rule, event, time: Math.floor(event / 2) + pick(3), fields });
      });
      // No signal comes more than 15 seconds after a newer one.
      const arriving = signals
        .map((signal) => ({ signal, key: signal.time_ns + BigInt(pick(30)) * (second_ns / 2n) }))
        .sort((a, b) => Number(a.key - b.key))
        .map(({ signal }) => signal);
      const found = standing(set, arriving, batch, { horizon_ns: 20n * second_ns });
      const expected = expectedFirings({ correlations: set.correlations, signals });
      expect(
        identities([...found.values()].map((firing) => ({ ...firing, event_id: firing.event.id }))),
      ).toEqual(identities(expected));
    }),
    { numRuns: Math.ceil(runs / 10) },
  );
}, 600_000);

/** Without parts: of long episodes a firing names only some. */
function identities(firings: Iterable<{ id: string; time_ns: bigint; event_id: string }>) {
  return [...firings].map(({ id, time_ns, event_id }) => `${id} ${time_ns} ${event_id}`).sort();
}
