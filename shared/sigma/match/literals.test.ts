import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLiteralScanner } from './literal-automaton.ts';
import { createSkipScanner } from './literal-skip.ts';
import { createEndScanner } from './literal-trie.ts';

function foundBy(
  scan: (text: string, found: (number: number) => void) => void,
  text: string,
): readonly number[] {
  const found = new Set<number>();
  scan(text, (number) => found.add(number));
  return [...found].sort((a, b) => a - b);
}

function numbersWhere(texts: readonly string[], holds: (text: string) => boolean): readonly number[] {
  return texts.flatMap((text, number) => (holds(text) ? [number] : []));
}

const letters = fc.constantFrom('a', 'b', 'c', 'é', '\u{1F600}');
const word = (minLength: number, maxLength: number) =>
  fc.array(letters, { minLength, maxLength }).map((parts) => parts.join(''));
const texts = word(0, 60);

test.each([
  ['automaton', createLiteralScanner, 1],
  ['skipping', createSkipScanner, 5],
] as const)('the %s scanner finds what includes finds', (_name, create, shortest) => {
  const sets = fc.uniqueArray(word(shortest, shortest + 4), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sets, texts, (set, text) => {
      expect(foundBy(create(set), text)).toEqual(numbersWhere(set, (literal) => text.includes(literal)));
    }),
    { numRuns: 2_000 },
  );
});

test('a set too large for full rows everywhere', () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `x${(index * 2_654_435_761) % 4_294_967_296}`);
  const scan = createLiteralScanner([...new Set(many)]);
  const text = `..${many[59_999]}..${many[7]}`;
  const set = [...new Set(many)];
  expect(foundBy(scan, text)).toEqual(numbersWhere(set, (literal) => text.includes(literal)));
});

test('beginnings and ends', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word(1, 4), { minLength: 1, maxLength: 8 }), texts, (set, text) => {
      expect(foundBy(createEndScanner(set, false), text)).toEqual(
        numbersWhere(set, (literal) => text.startsWith(literal)),
      );
      expect(foundBy(createEndScanner(set, true), text)).toEqual(
        numbersWhere(set, (literal) => text.endsWith(literal)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('a text that defeats skipping is still scanned in time', () => {
  const set = Array.from({ length: 500 }, (_, index) => `aaaaa${index}`);
  const scan = createSkipScanner(set);
  const start = performance.now();
  expect(foundBy(scan, `${'a'.repeat(1_000_000)}7`)).toEqual([7]);
  expect(performance.now() - start).toBeLessThan(2_000);
});
