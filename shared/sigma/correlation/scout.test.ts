import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregatesOf } from './aggregate.ts';
import { definitionsOf } from './definition.ts';
import { scoutOf } from './scout-of.ts';
import { bases, second_ns, setOf, signalOf } from './testing/streams.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 300);

test('a scout says of every hit in order what its window says', () => {
  const streams = fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 1, 2, 9),
      rule: fc.constantFrom('a', 'b', 'c'),
      v: fc.constantFrom('1', '2', '3', undefined),
      event: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 60 },
  );
  let scouted = 0;
  fc.assert(
    fc.property(bases, streams, (base, stream) => {
      const [definition] = definitionsOf(setOf([base]));
      const scout = definition && scoutOf(definition);
      if (definition === undefined || scout === undefined) return;
      scouted += 1;
      let time = 0;
      const hits = stream
        .map(({ gap, rule, v, event }, at) => {
          time += gap;
          const draft = { rule, time, event, fields: v === undefined ? {} : { v } } as const;
          return { ...signalOf(draft), id: String.fromCodePoint(at + 32) };
        })
        .filter((hit) => definition.sourceOf(hit) >= 0);
      const rows = new Float64Array(scout.width + 2);
      scout.begin(rows, 1);
      hits.forEach((hit, at) => {
        const from = hits.findIndex(({ time_ns }) => hit.time_ns - time_ns <= definition.rule.timespan_ns);
        const window = aggregatesOf(definition)();
        for (const other of hits.slice(from, at + 1)) window.add(other);
        const same_time = hits[at - 1]?.time_ns === hit.time_ns;
        const time_of_hit = Number(hit.time_ns - second_ns);
        const source = definition.sourceOf(hit);
        const verdict = scout.take(rows, 1, scout.read(hit, source), source, time_of_hit, same_time);
        expect(verdict).toBe(window.holds(hits, from, at) ? 'holds' : 'fails');
      });
      expect([rows[0], rows.at(-1)]).toEqual([0, 0]);
    }),
    { numRuns: runs },
  );
  expect(scouted).toBeGreaterThan(0);
});
