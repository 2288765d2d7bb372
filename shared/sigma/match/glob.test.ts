import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOne, anyRun, parsePattern, type Pattern } from '../rule/pattern.ts';
import { textMatcher } from './glob.ts';

test.each([
  ['a*c', 'abc', true],
  ['a*c', 'a\n\nc', true],
  ['a?c', 'ac', false],
  ['a?c', 'a😀c', true],
  ['*?', '', false],
  ['*?', 'x', true],
  ['?*', '😀', true],
  ['a*b*a', 'aba', true],
  ['a*b*a', 'ab', false],
  ['ab*ba', 'aba', false],
  ['*ab?ab*', 'xxabyabzz', true],
  ['', '', true],
  ['', 'x', false],
])('%s on %j: %s', (pattern, text, expected) => {
  expect(textMatcher(parsePattern(pattern))(text)).toBe(expected);
});

/** By definition, trying every length for every run. */
function fits(pattern: Pattern, text: readonly string[]): boolean {
  const [part, ...rest] = pattern;
  if (part === undefined) return text.length === 0;
  if (part === anyRun)
    return Array.from({ length: text.length + 1 }, (_, index) => index).some((index) =>
      fits(rest, text.slice(index)),
    );
  if (part === anyOne) return text.length > 0 && fits(rest, text.slice(1));
  const letters = Array.from(part);
  return letters.every((letter, index) => text[index] === letter) && fits(rest, text.slice(letters.length));
}

test('agrees with the definition', () => {
  const patterns = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '😀'), { maxLength: 7 })
    .map((parts) => parts.join(''));
  const texts = fc.array(fc.constantFrom('a', 'b', '\n', '😀'), { maxLength: 9 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(textMatcher(parsePattern(pattern))(text.join(''))).toBe(fits(parsePattern(pattern), text));
    }),
    { numRuns: 2_000 },
  );
});
