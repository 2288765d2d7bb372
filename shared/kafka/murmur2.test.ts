import { expect, test } from 'vitest';
import { murmur2, partitionOfKey } from './murmur2.ts';

/** From the tests of Kafka's Java client. */
const published: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test.each(published)('the hash of %s is that of the Java client', (key, expected) => {
  expect(murmur2(Buffer.from(key))).toBe(expected);
});

test('bytes above 127 are unsigned', () => {
  expect(murmur2(Buffer.from([0xff, 0xfe, 0x80]))).not.toBe(murmur2(Buffer.from([0x7f, 0x7e, 0x00])));
});

test('a negative hash still names a partition', () => {
  expect(partitionOfKey(Buffer.from('foobar'), 6)).toBe((-790332482 & 0x7fffffff) % 6);
});
