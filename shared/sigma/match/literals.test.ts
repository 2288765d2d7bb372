import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold } from '../fold.ts';
import type { LiteralScanner } from './ascii.ts';
import { createExactScanner } from './exact-texts.ts';
import { createLiteralAutomaton } from './literal-automaton.ts';
import { createSampler } from './literal-sampler.ts';
import { createEndScanner } from './literal-ends.ts';

function foundBy(scan: LiteralScanner, text: string): readonly number[] {
  const found = new Set<number>();
  const add = (number: number) => found.add(number);
  if (!scan(text, false, add)) scan(fold(text), true, add);
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
  ['automaton', createLiteralAutomaton, 1],
  ['sampling', createSampler, 3],
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
  const scan = createLiteralAutomaton([...new Set(many)]);
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

test('a text that defeats sampling is still scanned in time', () => {
  const set = Array.from({ length: 500 }, (_, index) => `aaaaa${index}`);
  const scan = createSampler(set);
  const start = performance.now();
  expect(foundBy(scan, `${'a'.repeat(1_000_000)}7`)).toEqual([7]);
  expect(performance.now() - start).toBeLessThan(2_000);
});

const folding = fc.constantFrom('k', 'K', '\u212a', 'i', 'I', '\u0130', 'a', 'A', 'ς', 'Σ');
const foldingTexts = fc.array(folding, { maxLength: 24 }).map((parts) => parts.join(''));
const plainWords = (minLength: number) =>
  fc.uniqueArray(
    fc
      .array(fc.constantFrom('k', 'i', 'a', 'σ'), { minLength, maxLength: minLength + 3 })
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 8 },
  );

test.each([
  ['automaton', createLiteralAutomaton, 1, (text: string, word: string) => text.includes(word)],
  ['sampling', createSampler, 3, (text: string, word: string) => text.includes(word)],
  ['equality', createExactScanner, 1, (text: string, word: string) => text === word],
  [
    'beginnings',
    (set: readonly string[]) => createEndScanner(set, false),
    1,
    (text: string, word: string) => text.startsWith(word),
  ],
  [
    'ends',
    (set: readonly string[]) => createEndScanner(set, true),
    1,
    (text: string, word: string) => text.endsWith(word),
  ],
] as const)('%s: letters of any case, and what folds to ASCII', (name, create, shortest, holds) => {
  fc.assert(
    fc.property(plainWords(shortest), foldingTexts, (words, text) => {
      const set = name === 'sampling' ? words.filter((word) => !word.includes('σ')) : words;
      fc.pre(set.length > 0);
      expect(foundBy(create(set), text)).toEqual(numbersWhere(set, (word) => holds(fold(text), word)));
    }),
    { numRuns: 1_000 },
  );
});
