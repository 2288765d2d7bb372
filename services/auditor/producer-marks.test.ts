import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProducerMarks } from './producer-marks.ts';

test('numbers in order are next, repeated ones are duplicates', () => {
  const marks = new ProducerMarks();
  expect([0n, 1n, 1n, 0n, 2n].map((sequence) => marks.arrive('a/1', sequence).kind)).toEqual([
    'next',
    'next',
    'duplicate',
    'duplicate',
    'next',
  ]);
  expect(marks.arrive('b/1', 0n)).toEqual({ kind: 'next' });
});

test('a hole is told once, and what fills it is not a duplicate', () => {
  const marks = new ProducerMarks();
  expect(marks.arrive('a/1', 3n)).toEqual({ kind: 'gap', from: 0n, to: 3n });
  expect([1n, 1n, 0n, 2n, 2n, 4n].map((sequence) => marks.arrive('a/1', sequence).kind)).toEqual([
    'late',
    'duplicate',
    'late',
    'late',
    'duplicate',
    'next',
  ]);
});

test('any order and any repetition takes each number exactly once, also across a restart', () => {
  const numbers = fc.array(fc.bigInt({ min: 0n, max: 40n }), { maxLength: 120 });
  fc.assert(
    fc.property(numbers, fc.nat({ max: 120 }), (sequences, restart) => {
      let marks = new ProducerMarks();
      const taken: bigint[] = [];
      sequences.forEach((sequence, position) => {
        if (position === restart) marks = ProducerMarks.fromJson(JSON.parse(JSON.stringify(marks.toJson())));
        if (marks.arrive('a/1', sequence).kind !== 'duplicate') taken.push(sequence);
      });
      expect(taken).toHaveLength(new Set(taken).size);
      expect(new Set(taken)).toEqual(new Set(sequences));
    }),
  );
});

test('the producers that were silent for longest are forgotten first', () => {
  const marks = new ProducerMarks();
  for (let index = 0; index < 1_001; index += 1) marks.arrive(`p/${index}`, 0n);
  expect(marks.next().size).toBe(1_000);
  expect(marks.next().has('p/0')).toBe(false);
});
