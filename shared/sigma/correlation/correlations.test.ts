import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { definitionsOf } from './definition.ts';
import { expectedFirings } from './testing/oracle.ts';
import {
  bases,
  chained,
  comparable,
  consistent,
  drafts,
  identities,
  second_ns,
  setOf,
  shuffled,
  signalOf,
  standing,
} from './testing/streams.ts';

/** Random streams; more with BREAKWATER_PROPERTY_RUNS. fast-check prints the seed of a failure. */
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 150);

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
        const expected = expectedFirings({
          correlations: definitionsOf(set).map(({ rule }) => rule),
          signals,
        });
        const found = standing(set, shuffled(repeated, random), batch);
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

test('signals of one id with several times fire the same in any order', () => {
  const sayings = (firings: ReadonlyMap<string, Signal>): readonly string[] =>
    comparable([...firings.values()].map((firing) => ({ ...firing, event_id: firing.event.id })));
  fc.assert(
    fc.property(
      bases,
      drafts,
      fc.infiniteStream(fc.nat(1_000)),
      fc.integer({ min: 1, max: 9 }),
      (base, list, random, batch) => {
        const set = setOf([base]);
        const signals = list.map((draft) => signalOf({ ...draft, fields: { g: 'x', h: 'x', v: '1' } }));
        const found = standing(set, shuffled(signals, random), batch);
        expect(sayings(found)).toEqual(sayings(standing(set, shuffled(signals, random), 1)));
      },
    ),
    { numRuns: runs },
  );
}, 600_000);

test('what comes in order, hit by hit, says the same as what comes in any order', () => {
  const kinds = fc.constantFrom(
    { type: 'event_count', rules: ['a'], condition: { gte: 3 } },
    { type: 'event_count', rules: ['a', 'b'], condition: { gt: 3 } },
    { type: 'value_count', rules: ['a', 'b'], condition: { field: 'v', gte: 2 } },
    { type: 'value_count', rules: ['a'], condition: { field: 'v', gte: 3 } },
    { type: 'value_sum', rules: ['a'], condition: { field: 'v', gt: 4 } },
    { type: 'temporal', rules: ['a', 'b', 'c'] },
    { type: 'temporal', rules: ['a', 'b', 'c'], condition: { gte: 2 } },
    { type: 'temporal', rules: ['a', 'b', 'c'], condition: 'a and (b or c)' },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'] },
    { type: 'temporal_ordered', rules: ['b', 'a'] },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'], condition: { gte: 2 } },
    { type: 'temporal', rules: ['a', 'b'], condition: 'a and not b' },
  );
  // Gaps between signals, in half seconds: most within a timespan, some beyond it.
  const gaps = fc.array(fc.constantFrom(0, 0, 1, 1, 2, 3, 9), { minLength: 100, maxLength: 250 });
  fc.assert(
    fc.property(
      kinds,
      gaps,
      fc.infiniteStream(fc.nat(1_000_000)),
      fc.integer({ min: 1, max: 60 }),
      (kind, steps, random, batch) => {
        const set = setOf([{ 'group-by': ['g'], timespan: '3s', ...kind }]);
        const pick = (below: number): number => (random.next().value ?? 0) % below;
        let time = 0;
        const signals = steps.map((gap, event) => {
          time += gap;
          const rule = (['a', 'a', 'b', 'c'] as const)[pick(4)] ?? 'a';
          const fields = { g: 'xxxy'.charAt(pick(4)), v: `${pick(3)}` };
          return signalOf({ rule, event: event + 1000, time, fields });
        });
        const expected = standing(set, shuffled(signals, random), signals.length);
        expect(standing(set, signals, batch)).toEqual(expected);
        expect(standing(set, shuffled(signals, random), batch)).toEqual(expected);
      },
    ),
    { numRuns: Math.ceil(runs / 2) },
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
