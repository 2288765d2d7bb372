import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortHash } from './identity.ts';

test('a short hash is the first 128 bits of SHA-256', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bits = createHash('sha256').update(text).digest().subarray(0, 16);
      expect(shortHash(text)).toBe(bits.toString('base64url'));
    }),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 1000) },
  );
});
