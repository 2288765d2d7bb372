import { randomInt } from 'node:crypto';

/** Bytes for one key and its length; a longer key, or one with characters beyond Latin-1, is compared as text. */
const key_bytes = 96;
const chars_max = key_bytes - 1;
const slots_first = 1024;
const empty = 0;
const word = 2 ** 32;

/**
 * Numbers for keys. What `Map` does, but its hashes and keys lie side by side in two arrays instead of all over the
 * heap: with 100,000 keys, looking one up costs what fetching it from memory costs.
 */
export class KeyNumbers {
  /** Hash and number + 1 of each key, at the place that the hash says or the next free one. */
  #slots = new Int32Array(2 * slots_first);
  #mask = slots_first - 1;
  /** By number: length and characters; length 0 for a key that is compared as text. */
  #bytes = new Uint8Array(slots_first * key_bytes);
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];
  /** Unknown to whoever chooses keys, so that they cannot choose such that meet. */
  readonly #seed = randomInt(word) | 0;
  /** The last key that was looked up. */
  readonly #chars = new Uint8Array(key_bytes);
  #hash = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  keyOf(number: number): string {
    return this.#keys[number] ?? '';
  }

  /** The number of a key; -1 for an unknown one. */
  numberOf(key: string): number {
    this.#read(key);
    for (let slot = this.#hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = (this.#slots[2 * slot + 1] ?? empty) - 1;
      if (number < 0) return -1;
      if (this.#slots[2 * slot] === this.#hash && this.#isKeyOf(number, key)) return number;
    }
  }

  /** Gives a number to the key that was just looked up and has none. */
  open(key: string): number {
    const number = this.#free.pop() ?? this.#keys.length;
    this.#keys[number] = key;
    if ((number + 1) * key_bytes > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const length = this.#chars[0] ?? 0;
    this.#bytes.set(this.#chars.subarray(0, length + 1), number * key_bytes);
    this.#size += 1;
    if (2 * this.#size > this.#mask) this.#grow();
    this.#put(this.#hash, number);
    return number;
  }

  close(key: string): void {
    const number = this.numberOf(key);
    if (number < 0) return;
    let slot = this.#hash & this.#mask;
    while (this.#slots[2 * slot + 1] !== number + 1) slot = (slot + 1) & this.#mask;
    this.#keys[number] = undefined;
    this.#free.push(number);
    this.#size -= 1;
    this.#vacate(slot);
  }

  /** Numbers in use. */
  *numbers(): Iterable<number> {
    for (let number = 0; number < this.#keys.length; number += 1) {
      if (this.#keys[number] !== undefined) yield number;
    }
  }

  /** The next number in use behind one, and after the last the first again; -1 when there is none. */
  after(number: number): number {
    const { length } = this.#keys;
    for (let step = 1; step <= length; step += 1) {
      const next = (number + step) % length;
      if (this.#keys[next] !== undefined) return next;
    }
    return -1;
  }

  /** Reads the characters of a key, and its hash. */
  #read(key: string): void {
    const { length } = key;
    let hash = this.#seed;
    let beyond = length > chars_max ? 256 : 0;
    for (let at = 0; at < length; at += 1) {
      const char = key.charCodeAt(at);
      beyond |= char;
      if (at < chars_max) this.#chars[at + 1] = char;
      hash = Math.imul(hash ^ char, 0x01000193);
      hash ^= hash >>> 15;
    }
    this.#chars[0] = beyond > 255 ? 0 : length;
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
    this.#hash = hash ^ (hash >>> 16);
  }

  #isKeyOf(number: number, key: string): boolean {
    const bytes = this.#bytes;
    const begin = number * key_bytes;
    const length = this.#chars[0] ?? 0;
    if (bytes[begin] !== length) return false;
    if (length === 0) return this.#keys[number] === key;
    for (let at = 1; at <= length; at += 1) if (bytes[begin + at] !== this.#chars[at]) return false;
    return true;
  }

  #put(hash: number, number: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[2 * slot + 1] !== empty) slot = (slot + 1) & this.#mask;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = number + 1;
  }

  #grow(): void {
    const slots = this.#slots;
    this.#slots = new Int32Array(2 * slots.length);
    this.#mask = 2 * this.#mask + 1;
    for (let at = 0; at < slots.length; at += 2) {
      const number = (slots[at + 1] ?? empty) - 1;
      if (number >= 0) this.#put(slots[at] ?? 0, number);
    }
  }

  /** Empties a slot; what had to go behind it moves up. */
  #vacate(slot: number): void {
    let hole = slot;
    this.#slots[2 * hole + 1] = empty;
    for (let next = (hole + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const number = this.#slots[2 * next + 1] ?? empty;
      if (number === empty) return;
      const hash = this.#slots[2 * next] ?? 0;
      const home = hash & this.#mask;
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue;
      this.#slots[2 * hole] = hash;
      this.#slots[2 * hole + 1] = number;
      this.#slots[2 * next + 1] = empty;
      hole = next;
    }
  }
}
