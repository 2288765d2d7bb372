import avsc from 'avsc';
import type { Tap } from './guard.ts';

/** Longer texts are copied by the engine, shorter ones sooner one by one. */
const short_length_max = 24;
/** What UTF-8 takes at most for a UTF-16 unit. */
const unit_bytes_max = 3;
/** What stands before a text: its length in bytes, as a varint. */
const prefix_bytes_max = 5;

const plain = avsc.Type.forSchema('string');

/**
 * Avro `string`. avsc measures a text before it writes it; most of ours are ASCII, as long in bytes as in characters, so
 * they are written first and measured by that. Only where the length then takes more room, they are moved.
 */
export const measuredText: avsc.Type = Object.create(plain, { _write: { value: writeText } });

function writeText(tap: Tap, value: unknown): void {
  const room = tap.buf.length - tap.pos - prefix_bytes_max;
  if (typeof value !== 'string' || value.length * unit_bytes_max > room) plain._write(tap, value);
  else if (value.length > short_length_max || !writeAscii(tap, value)) writeAny(tap, value);
}

/** False, and nothing is written that counts, when a character is not ASCII. */
function writeAscii(tap: Tap, text: string): boolean {
  const { length } = text;
  const start = tap.pos + 1;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return false;
    tap.buf[start + at] = code;
  }
  writeLength(tap, length);
  tap.pos += length;
  return true;
}

function writeAny(tap: Tap, text: string): void {
  const start = tap.pos + prefixBytes(text.length);
  const bytes = tap.buf.write(text, start, 'utf8');
  const moved = tap.pos + prefixBytes(bytes);
  if (moved !== start) tap.buf.copyWithin(moved, start, start + bytes);
  writeLength(tap, bytes);
  tap.pos += bytes;
}

/** Avro doubles a length, so that its sign fits into the last bit. */
function prefixBytes(length: number): number {
  let bytes = 1;
  for (let rest = length >> 6; rest !== 0; rest >>= 7) bytes++;
  return bytes;
}

function writeLength(tap: Tap, length: number): void {
  let rest = length << 1;
  for (; rest > 0x7f; rest >>>= 7) tap.buf[tap.pos++] = (rest & 0x7f) | 0x80;
  tap.buf[tap.pos++] = rest;
}
