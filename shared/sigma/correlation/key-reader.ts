import { randomInt } from 'node:crypto';

/** A key as words of four bytes: its hash, then a byte that says its length, then its characters and zeros. */
export const key_words = 24;
const key_bytes = 4 * key_words;
const length_byte = 4;
const first_char_byte = length_byte + 1;
const chars_max = key_bytes - first_char_byte - 1;
const latin1_max = 0xff;
/** The length of a key that is longer or not Latin-1; such are compared as text. */
const text_length = chars_max + 1;
const hash_values = 2 ** 32;

/** Reads keys into words, so that they are hashed and compared four characters at once. */
export class KeyReader {
  readonly words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Unknown to whoever chooses keys, so that they cannot choose such that meet. */
  readonly #seed = randomInt(hash_values) | 0;

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

  #hashOfWords(place: number): number {
    const first = place * key_words + 1;
    const end = first + this.wordsOf(place) - 1;
    let hash = this.#seed;
    for (let at = first; at < end; at += 1) hash = mixed(hash, this.words[at] ?? 0);
    return mixed(hash, 0);
  }

  #hashOfText(key: string): number {
    let hash = this.#seed;
    for (let at = 0; at < key.length; at += 1) hash = mixed(hash, key.charCodeAt(at));
    return mixed(hash, 0);
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x2c1b3c6d);
  return product ^ (product >>> 15);
}
