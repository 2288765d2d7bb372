import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOne, anyRun, parsePattern, patternText } from './pattern.ts';

test.each([
  ['abc', ['abc']],
  ['', []],
  ['a*b?', ['a', anyRun, 'b', anyOne]],
  ['\\*', ['*']],
  ['\\?', ['?']],
  ['\\\\', ['\\']],
  ['\\\\*', ['\\', anyRun]],
  ['\\\\\\*', ['\\*']],
  ['\\\\\\\\', ['\\\\']],
  ['C:\\Windows\\x', ['C:\\Windows\\x']],
  ['\\\\server\\share', ['\\server\\share']],
  ['trailing\\', ['trailing\\']],
])('%j', (text, parts) => {
  expect(parsePattern(text)).toEqual(parts);
});

test('a pattern written out is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('\\', '*', '?', 'a', 'é')).map((parts) => parts.join('')),
      (text) => {
        const pattern = parsePattern(text);
        expect(parsePattern(patternText(pattern))).toEqual(pattern);
      },
    ),
  );
});
