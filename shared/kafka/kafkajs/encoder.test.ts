import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mendEncoder } from './encoder.ts';

const kafkajs = createRequire(import.meta.url);
const Encoder = kafkajs('kafkajs/src/protocol/encoder');
const encodeRecord = kafkajs('kafkajs/src/protocol/recordBatch/record/v0');
const unmended = Object.getOwnPropertyDescriptors(Encoder);
const ensureAvailable = Encoder.prototype.ensureAvailable;

const bytes = fc.uint8Array({ maxLength: 5_000 }).map((some) => Buffer.from(some));
const records = fc.array(
  fc.record({
    offsetDelta: fc.nat(100_000),
    timestampDelta: fc.nat(1_000_000),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ maxLength: 300 }), { maxKeys: 3 }),
  }),
  { maxLength: 6 },
);

function encode(all: readonly object[]): Buffer {
  return Buffer.from(new Encoder().writeArray(all.map((one) => encodeRecord(one))).buffer);
}

test('a mended encoder writes the same bytes', () => {
  fc.assert(
    fc.property(records, (all) => {
      Encoder.nextPowerOfTwo = unmended['nextPowerOfTwo']?.value;
      Encoder.prototype.ensureAvailable = ensureAvailable;
      const before = encode(all);
      mendEncoder();
      expect(encode(all).equals(before)).toBe(true);
    }),
  );
});

test('an encoder takes no memory before it writes, and then little more than it needs', () => {
  mendEncoder();
  expect(new Encoder().buf.length).toBe(0);
  expect(new Encoder().writeBytes(Buffer.alloc(1_000)).buf.length).toBe(1_004);
});
