import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyNumbers } from './key-numbers.ts';

const texts = fc.oneof(
  fc.integer({ min: 0, max: 3000 }).map((number) => `key ${number}`),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.constantFrom('', '\u0000', 'x'.repeat(95), 'x'.repeat(96), `${'x'.repeat(96)}y`, 'ä', 'ā'),
);

test('gives the same number to the same key, as long as it is open, and each another', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: texts, close: fc.integer({ min: 0, max: 3 }) }), { maxLength: 3000 }),
      (steps) => {
        const numbers = new KeyNumbers(1);
        const expected = new Map<string, number>();
        for (const { key, close } of steps) {
          expect(numbers.numberOf(key)).toBe(expected.get(key) ?? -1);
          if (close === 0) {
            {
              const n = numbers.numberOf(key);
              if (n >= 0) numbers.close(n);
            }
            expected.delete(key);
          } else if (!expected.has(key)) {
            const number = numbers.numberOrOpen(key);
            expect([...expected.values()]).not.toContain(number);
            expected.set(key, number);
          }
        }
        expect(numbers.size).toBe(expected.size);
        for (const [key, number] of expected) {
          expect([numbers.numberOf(key), numbers.keyOf(number)]).toEqual([number, key]);
        }
        expect([...numbers.numbers()]).toEqual([...expected.values()].sort((a, b) => a - b));
      },
    ),
    { numRuns: 30 },
  );
});
