import { randomFillSync } from 'node:crypto';

/** A key as words of four bytes: its hash, then a byte that says its length, then its characters and zeros. */
export const key_words = 24;
const key_bytes = 4 * key_words;
const length_byte = 4;
const first_char_byte = length_byte + 1;
const chars_max = key_bytes - first_char_byte - 1;
const latin1_max = 0xff;
/** The length of a key that is longer or not Latin-1; such are compared as text. */
const text_length = chars_max + 1;
const half_bits = 16;
const half = 0xffff;

/** Reads keys into words, so that they are hashed and compared four characters at once. */
export class KeyReader {
  readonly words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Four for each word. Unknown to whoever chooses keys, so that they cannot choose such that meet. */
  readonly #secrets = randomFillSync(new Int32Array(4 * key_words));

  constructor(keys_max: number) {
    this.words = new Int32Array(keys_max * key_words);
    this.#bytes = new Uint8Array(this.words.buffer);
  }

  /** Reads a key to a place. */
  read(key: string, place: number): void {
    const bytes = this.#bytes;
    const begin = place * key_bytes;
    const { length } = key;
    let end = begin + first_char_byte;
    let chars = 0;
    for (let at = 0; at < length && at < chars_max; at += 1) {
      const char = key.charCodeAt(at);
      chars |= char;
      bytes[end] = char;
      end += 1;
    }
    const isText = length > chars_max || chars > latin1_max;
    bytes[begin + length_byte] = isText ? text_length : length;
    for (; end % 4 !== 0; end += 1) bytes[end] = 0;
    this.words[place * key_words] = isText ? this.#hashOfText(key) : this.#hashOfWords(place);
  }

  hashOf(place: number): number {
    return this.words[place * key_words] ?? 0;
  }

  /** How many words of a place are in use. */
  wordsOf(place: number): number {
    return 2 + (this.#lengthOf(place) >> 2);
  }

  /** Whether the words do not tell the key: it is longer, or not Latin-1. */
  isText(place: number): boolean {
    return this.#lengthOf(place) === text_length;
  }

  #lengthOf(place: number): number {
    return this.#bytes[place * key_bytes + length_byte] ?? 0;
  }

  /** Two sums of each half word times a secret, of which the upper bits count ("multilinear" hashing). */
  #hashOfWords(place: number): number {
    const [words, secrets] = [this.words, this.#secrets];
    const begin = place * key_words;
    const count = this.wordsOf(place);
    let upper = 0;
    let lower = 0;
    for (let at = 1; at < count; at += 1) {
      const word = words[begin + at] ?? 0;
      const [left, right] = [word >>> half_bits, word & half];
      upper =
        (upper + Math.imul(left, secrets[4 * at] ?? 0) + Math.imul(right, secrets[4 * at + 1] ?? 0)) | 0;
      lower =
        (lower + Math.imul(left, secrets[4 * at + 2] ?? 0) + Math.imul(right, secrets[4 * at + 3] ?? 0)) | 0;
    }
    return (upper & ~half) | (lower >>> half_bits);
  }

  #hashOfText(key: string): number {
    let hash = this.#secrets[0] ?? 0;
    for (let at = 0; at < key.length; at += 1) {
      hash = Math.imul(hash ^ key.charCodeAt(at), 0x2c1b3c6d);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
