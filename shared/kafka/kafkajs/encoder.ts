import { createRequire } from 'node:module';

/** The part of kafkajs's encoder that is mended here. Private to kafkajs 2.2.4. */
interface Encoder {
  buf: Buffer;
  offset: number;
}

/** Room for a record without key and value, so that most grow once. */
const buffer_bytes_min = 64;

/**
 * kafkajs zeroes 512 bytes for each record that it writes, and once more whatever a record grows to: a third of what
 * writing costs. Encoders then begin empty, and grow into memory that is overwritten anyway: nobody reads beyond `offset`.
 */
export function mendEncoder(): void {
  const encoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder');
  // The constructor's only use of it; growing, the other, is replaced.
  encoder.nextPowerOfTwo = () => 0;
  encoder.prototype.ensureAvailable = ensureAvailable;
}

function ensureAvailable(this: Encoder, length: number): void {
  const needed = this.offset + length;
  if (needed <= this.buf.length) return;
  const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.buf.length, buffer_bytes_min));
  this.buf.copy(grown, 0, 0, this.offset);
  this.buf = grown;
}
