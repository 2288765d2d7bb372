import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import type { RuleSet } from '../set/rule-set.ts';
import { createCorrelations } from './create-correlations.ts';
import { groups_per_rule_max, hits_per_group_max } from './limits.ts';
import type { Correlations, Shed } from './port.ts';
import { expectedFirings } from './testing/oracle.ts';
import {
  bases,
  chained,
  comparable,
  consistent,
  drafts,
  second_ns,
  setOf,
  shuffled,
  signalOf,
  standing,
} from './testing/streams.ts';

/** Random streams of each kind; more with BREAKWATER_PROPERTY_RUNS. fast-check prints the seed of a failure. */
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
/** Late signals of all streams: there have to be some. */
let lates = 0;
const randoms = fc.infiniteStream(fc.nat(1_000_000));

test('a state that is saved and taken up again goes on as if nothing had been', () => {
  fc.assert(
    fc.property(
      bases,
      fc.option(chained, { nil: undefined }),
      drafts,
      randoms,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      (base, outer, list, random, sizes) => {
        const set = setOf(outer === undefined ? [base] : [base, outer]);
        const arriving = shuffled(consistent(list), random);
        const standsThrough = createCorrelations(set);
        let restarted = createCorrelations(set);
        for (let start = 0, at = 0; start < arriving.length; at += 1) {
          const batch = arriving.slice(start, (start += sizes[at % sizes.length] ?? 1));
          expect(restarted.add(batch)).toEqual(standsThrough.add(batch));
          restarted = takenUp(restarted, createCorrelations(set));
        }
      },
    ),
    { numRuns: runs },
  );
}, 600_000);

test('long streams are taken up again after what is over was let go of', () => {
  const kinds = fc.constantFrom(
    { type: 'event_count', rules: ['a'], 'group-by': [], timespan: '3s', condition: { gte: 7 } },
    // One episode from beginning to end: it is longer than what is kept.
    { type: 'event_count', rules: ['a'], 'group-by': [], timespan: '8s', condition: { gte: 2 } },
    { type: 'event_count', rules: ['a', 'b'], 'group-by': ['g'], timespan: '8s', condition: { eq: 5 } },
    { type: 'temporal', rules: ['a', 'b'], 'group-by': ['g'], timespan: '1s', condition: 'a and not b' },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'], 'group-by': ['g'], timespan: '1s' },
  );
  fc.assert(
    fc.property(kinds, randoms, fc.integer({ min: 20, max: 90 }), (kind, random, batch_signals) => {
      const set = setOf([kind]);
      const options = { horizon_ns: 20n * second_ns };
      const arriving = longStream(700, random);
      const standsThrough = createCorrelations(set, options);
      let restarted = createCorrelations(set, options);
      for (let start = 0; start < arriving.length; start += batch_signals) {
        const batch = arriving.slice(start, start + batch_signals);
        expect(restarted.add(batch)).toEqual(standsThrough.add(batch));
        restarted = takenUp(restarted, createCorrelations(set, options));
      }
    }),
    { numRuns: Math.ceil(runs / 10) },
  );
}, 600_000);

test('what comes later than the horizon is said to be late, and the rest fires as if it had not come', () => {
  const kinds = fc.constantFrom(
    { type: 'event_count', rules: ['a'], condition: { gte: 4 } },
    { type: 'value_count', rules: ['a', 'b'], condition: { field: 'v', gte: 3 } },
    { type: 'temporal', rules: ['a', 'b', 'c'] },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'] },
    { type: 'temporal', rules: ['a', 'b'], condition: 'a and not b' },
  );
  fc.assert(
    fc.property(kinds, randoms, fc.integer({ min: 1, max: 20 }), (kind, random, batch_signals) => {
      const set = setOf([{ 'group-by': ['g'], timespan: '3s', ...kind }]);
      const horizon_ns = 10n * second_ns;
      const correlations = createCorrelations(set, { horizon_ns });
      const arriving = longStream(200, random, 60);
      const accepted: Signal[] = [];
      const firings = new Map<string, Signal>();
      let latest_ns = -horizon_ns;
      let late = 0;
      for (let start = 0; start < arriving.length; start += batch_signals) {
        const batch = arriving.slice(start, start + batch_signals);
        const inTime = batch.filter(({ time_ns }) => time_ns >= latest_ns - horizon_ns);
        accepted.push(...inTime);
        const relevant = batch.filter((each) => !inTime.includes(each) && isWanted(set, each)).length;
        const { fired, withdrawn, shed = [] } = correlations.add(batch);
        expect(shed.reduce((total, { signals }) => total + signals, 0)).toBe(relevant);
        late += relevant;
        for (const id of withdrawn) firings.delete(id);
        for (const firing of fired) firings.set(firing.id, firing);
        for (const { time_ns } of batch) if (time_ns > latest_ns) latest_ns = time_ns;
      }
      const expected = expectedFirings({ correlations: set.correlations, signals: accepted });
      const said = [...firings.values()].map((firing) => ({ ...firing, event_id: firing.event.id }));
      expect(comparable(said)).toEqual(comparable(expected));
      lates += late;
    }),
    { numRuns: runs },
  );
  expect(lates).toBeGreaterThan(0);
}, 600_000);

function isWanted({ correlations }: RuleSet, { rule }: Signal): boolean {
  return correlations.some(({ rules }) => rules.some(({ to }) => to === rule.title));
}

test('a state of other rules, another horizon or no state at all is not taken up', () => {
  const rule = { type: 'event_count', rules: ['a'], 'group-by': [], timespan: '3s', condition: { gte: 2 } };
  const saving = createCorrelations(setOf([rule]));
  saving.add([signalOf({ rule: 'a', time: 0, event: 1, fields: {} })]);
  const signals: Signal[] = [];
  const text = saving.save((signal) => signals.push(signal) - 1);
  const others = [
    createCorrelations(setOf([{ ...rule, condition: { gte: 3 } }])),
    createCorrelations(setOf([{ ...rule, rules: ['b'] }])),
    createCorrelations(setOf([rule]), { horizon_ns: 1n }),
  ];
  for (const other of others) expect(other.restore(text, signals)).toBe(false);
  expect(createCorrelations(setOf([rule])).restore(text, [])).toBe(false);
  expect(createCorrelations(setOf([rule])).restore('{', signals)).toBe(false);
  expect(createCorrelations(setOf([rule])).restore(text, signals)).toBe(true);
});

describe('absence', () => {
  const undoable = fc.constantFrom(
    { type: 'temporal', rules: ['a', 'b'], timespan: '3s', condition: 'a and not b' },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'], timespan: '3s', condition: 'a and b and not c' },
    { type: 'event_count', rules: ['a'], timespan: '3s', condition: { lt: 3 } },
    { type: 'event_count', rules: ['a'], timespan: '3s', condition: { lte: 1 } },
    { type: 'event_count', rules: ['a'], timespan: '3s', condition: { eq: 2 } },
    { type: 'value_count', rules: ['a'], timespan: '3s', condition: { field: 'v', eq: 0 } },
    { type: 'value_count', rules: ['a', 'b'], timespan: '3s', condition: { field: 'v', lt: 2 } },
  );

  test('is decided when the time that can be true has passed, not by one that cannot', () => {
    fc.assert(
      fc.property(
        undoable,
        drafts,
        randoms,
        fc.integer({ min: 1, max: 70 }),
        (kind, list, random, half_seconds) => {
          const set = setOf([{ 'group-by': ['g'], ...kind }]);
          const signals = consistent(list);
          const ceiling_ns = BigInt(half_seconds) * (second_ns / 2n);
          const correlations = createCorrelations(set);
          const firings = new Map<string, Signal>();
          for (const signal of shuffled(signals, random)) {
            const { fired, withdrawn } = correlations.add([signal], ceiling_ns);
            for (const id of withdrawn) firings.delete(id);
            for (const firing of fired) firings.set(firing.id, firing);
          }
          const expected = expectedFirings({ correlations: set.correlations, signals, ceiling_ns });
          const found = [...firings.values()].map((firing) => ({ ...firing, event_id: firing.event.id }));
          expect(comparable(found)).toEqual(comparable(expected));
        },
      ),
      { numRuns: runs },
    );
  });

  test('is not decided by a record of the far future', () => {
    const set = setOf([
      { type: 'temporal', rules: ['a', 'b'], 'group-by': [], timespan: '3s', condition: 'a and not b' },
    ]);
    const correlations = createCorrelations(set);
    const now_ns = 10n * second_ns;
    const a = signalOf({ rule: 'a', time: 0, event: 1, fields: {} });
    const future = signalOf({ rule: 'a', time: 2 ** 40, event: 2, fields: {} });
    expect(correlations.add([a, future], now_ns).fired).toEqual([]);
    const b = signalOf({ rule: 'b', time: 1, event: 3, fields: {} });
    expect(correlations.add([b], now_ns)).toMatchObject({ fired: [], withdrawn: [] });
    const later = signalOf({ rule: 'c', time: 60, event: 4, fields: {} });
    expect(correlations.add([later], 40n * second_ns).fired).toEqual([]);
    expect(standing(set, [a, future, later], 3).size).toBe(1);
  });
});

test('any order gives the same over a day, where the horizon is a day', () => {
  const hour = 7_200;
  const kinds = fc.constantFrom(
    { type: 'event_count', rules: ['a'], condition: { gte: 3 } },
    { type: 'value_count', rules: ['a', 'b'], condition: { field: 'v', gte: 2 } },
    { type: 'temporal', rules: ['a', 'b', 'c'] },
    { type: 'temporal', rules: ['a', 'b'], condition: 'a and not b' },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'] },
  );
  fc.assert(
    fc.property(kinds, randoms, fc.integer({ min: 1, max: 40 }), (kind, random, batch) => {
      const set = setOf([{ 'group-by': ['g'], timespan: '4h', ...kind }]);
      const pick = (below: number): number => (random.next().value ?? 0) % below;
      const signals = Array.from({ length: 60 }, (_, event) => {
        const rule = (['a', 'a', 'b', 'c'] as const)[pick(4)] ?? 'a';
        return signalOf({
          rule,
          event,
          time: pick(20 * hour),
          fields: { g: 'xy'.charAt(pick(2)), v: `${pick(3)}` },
        });
      });
      const options = { horizon_ns: 24n * 3600n * second_ns };
      const found = standing(set, shuffled(signals, random), batch, options);
      const expected = expectedFirings({ correlations: set.correlations, signals });
      const said = [...found.values()].map((firing) => ({ ...firing, event_id: firing.event.id }));
      expect(comparable(said)).toEqual(comparable(expected));
    }),
    { numRuns: runs },
  );
}, 600_000);

describe('bounds', () => {
  const count = (gte: number): object => ({
    type: 'event_count',
    rules: ['a'],
    'group-by': ['g'],
    timespan: '8s',
    condition: { gte },
  });
  const template = signalOf({ rule: 'a', time: 0, event: 0, fields: {} });
  const hit = (event: number, g: string, time_ns = 0n): Signal => ({
    ...template,
    id: `${event}`,
    time_ns,
    fields: { g },
  });

  test('of a group: the oldest signals go, and that is said', () => {
    const correlations = createCorrelations(setOf([count(hits_per_group_max)]));
    const signals = Array.from({ length: hits_per_group_max + 1 }, (_, event) => hit(event, 'x'));
    const { shed } = correlations.add(signals);
    expect(shed).toEqual([{ rule_id: 'id-k0', reason: 'group_full', signals: 1_001 }]);
  });

  test('of groups: one with little progress goes, and that is said', () => {
    const correlations = createCorrelations(setOf([count(3)]));
    const far = [0, 1].map((event) => hit(event, 'far'));
    const groups = Array.from({ length: groups_per_rule_max + 9 }, (_, event) => hit(event + 2, `g${event}`));
    expect(shedOf(correlations, [...far, ...groups])).toEqual([
      { rule_id: 'id-k0', reason: 'too_many_groups', signals: 10 },
    ]);
    // What has come far is still there.
    expect(correlations.add([hit(2 ** 30, 'far')]).fired.length).toBe(1);
  });

  test('of signals: groups with little progress go, and that is said', () => {
    const limits = { hits_per_group_max, groups_per_rule_max, hits_per_rule_max: 100 };
    const correlations = createCorrelations(setOf([count(5)]), { limits });
    const signals = Array.from({ length: 150 }, (_, event) => hit(event, `g${event % 75}`, BigInt(event)));
    const [shed, ...others] = shedOf(correlations, signals);
    expect(others).toEqual([]);
    expect(shed).toMatchObject({ rule_id: 'id-k0', reason: 'too_many_signals' });
    expect(shed?.signals).toBeGreaterThanOrEqual(50);
  });
});

/** Everything that was shed on the way, by rule and reason. */
function shedOf(correlations: Correlations, signals: readonly Signal[]): readonly Shed[] {
  const totals = new Map<string, Shed>();
  for (let start = 0; start < signals.length; start += 5000) {
    for (const shed of correlations.add(signals.slice(start, start + 5000)).shed ?? []) {
      const key = `${shed.rule_id} ${shed.reason}`;
      totals.set(key, { ...shed, signals: shed.signals + (totals.get(key)?.signals ?? 0) });
    }
  }
  return [...totals.values()];
}

/** Saves a state, and takes it up in an engine that has seen nothing. */
function takenUp(before: Correlations, after: Correlations): Correlations {
  const numbers = new Map<Signal, number>();
  const text = before.save((signal) => {
    const number = numbers.get(signal) ?? numbers.size;
    numbers.set(signal, number);
    return number;
  });
  // As read back: others that are equal.
  const signals = structuredClone([...numbers.keys()]);
  expect(after.restore(text, signals)).toBe(true);
  return after;
}

/** Signals a half second apart, which come up to so many half seconds late. */
function longStream(count: number, random: fc.Stream<number>, delays = 30): readonly Signal[] {
  const pick = (below: number): number => (random.next().value ?? 0) % below;
  return Array.from({ length: count }, (_, event) => {
    const rule = (['a', 'a', 'b', 'c'] as const)[pick(4)] ?? 'a';
    const fields = { g: 'xy'.charAt(pick(2)), v: `${pick(4)}` };
    return signalOf({ rule, event, time: Math.floor(event / 2) + pick(3), fields });
  })
    .map((signal) => ({ signal, key: signal.time_ns + BigInt(pick(delays)) * (second_ns / 2n) }))
    .sort((a, b) => Number(a.key - b.key))
    .map(({ signal }) => signal);
}
