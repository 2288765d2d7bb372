import fc from 'fast-check';
import { expect } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { buildRuleSet, type RuleSet } from '../../set/rule-set.ts';
import { type CorrelationOptions, createCorrelations } from '../create-correlations.ts';

export const second_ns = 1_000_000_000n;

/** A set of rules a, b and c, and of correlations k0, k1 … over them. */
export function setOf(correlations: readonly object[]): RuleSet {
  const result = build(correlations);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.set;
}

function build(correlations: readonly object[]): ReturnType<typeof buildRuleSet> {
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
  return buildRuleSet([
    { file: 'rules.yml', text: documents.map((document) => JSON.stringify(document)).join('\n---\n') },
  ]);
}

export interface Draft {
  readonly rule: 'a' | 'b' | 'c';
  readonly time: number;
  readonly event: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Times are in half seconds: equal ones are likely. */
export function signalOf({ rule, time, event, fields }: Draft): Signal {
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
/** Correlations of every type over a, b and c, but for those that can never hold: they are refused. */
export const bases = fc
  .oneof(
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
  )
  .filter((base) => build([base]).kind !== 'refused');
/** Correlations over k0 and others. */
export const chained = fc.oneof(
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
export const drafts = fc.array(
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
export function consistent(list: readonly Draft[]): readonly Signal[] {
  const events = new Map<number, Draft>();
  return list.map((draft) => {
    const first = events.get(draft.event) ?? draft;
    events.set(draft.event, first);
    return signalOf({ ...draft, time: first.time, fields: first.fields });
  });
}

/** The same, in another order. */
export function shuffled<Item>(items: readonly Item[], random: fc.Stream<number>): readonly Item[] {
  return items
    .map((item) => ({ item, key: random.next().value ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Feeds signals in some order and batches; what stands in the end, by id. */
export function standing(
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

/** What is the same for two firings that say the same. */
export function comparable(
  firings: Iterable<{ id: string; time_ns: bigint; event_id: string; parts: readonly string[] }>,
) {
  return [...firings]
    .map(({ id, time_ns, event_id, parts }) => `${id} ${time_ns} ${event_id} ${parts.join(',')}`)
    .sort();
}

/** Without parts: of long episodes a firing names only some. */
export function identities(firings: Iterable<{ id: string; time_ns: bigint; event_id: string }>) {
  return [...firings].map(({ id, time_ns, event_id }) => `${id} ${time_ns} ${event_id}`).sort();
}
