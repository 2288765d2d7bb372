import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLiteralFinder } from './literal-finder.ts';

test('finds what a search for each literal finds, wherever it lies', () => {
  const literal = fc.stringMatching(/^[abC"-]{1,5}$/);
  const text = fc.stringMatching(/^[abcABC"é-]{0,40}$/);
  fc.assert(
    fc.property(fc.array(literal, { minLength: 1, maxLength: 6 }), text, (literals, sought) => {
      const expected = literals.some((one) => sought.toLowerCase().includes(one.toLowerCase()));
      expect(createLiteralFinder(literals)(sought)).toBe(expected);
    }),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 1000) },
  );
});

test('finds a literal across the pieces of a long text', () => {
  const find = createLiteralFinder(['needle']);
  for (const before of [65_530, 65_533, 65_536, 131_060, 131_070]) {
    expect(find(`${'e'.repeat(before)}NEEDLE${'n'.repeat(70_000)}`), String(before)).toBe(true);
  }
  expect(find('needl'.repeat(50_000))).toBe(false);
});
