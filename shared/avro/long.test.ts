import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bigintLong } from './long.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** Zigzag and varint as the specification says them, on bigints. */
function specified(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

test('every 64-bit integer is written as specified and read back', () => {
  const edges = [0n, -1n, 1n, -64n, 64n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n];
  fc.assert(
    fc.property(int64, (value) => {
      const bytes = bigintLong.toBuffer(value);
      expect(bytes).toEqual(specified(value));
      expect(bigintLong.fromBuffer(bytes)).toBe(value);
    }),
    { examples: edges.map((edge): [bigint] => [edge]), numRuns: 1000 },
  );
});

test.each([2n ** 63n, -(2n ** 63n) - 1n, 1, '1', null])('%s is not a long', (value) => {
  expect(() => bigintLong.toBuffer(value)).toThrow('not a 64-bit integer');
});

test('a varint of more than ten bytes is malformed', () => {
  expect(() => bigintLong.fromBuffer(Buffer.alloc(64, 0xff))).toThrow('truncated');
});
