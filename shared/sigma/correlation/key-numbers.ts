import { key_words, KeyReader } from './key-reader.ts';

const slots_first = 256;
const empty = 0;

/** Something that gets the number of its key. */
interface Keyed {
  readonly key: string;
  number: number;
}

/**
 * Numbers for keys. What `Map` does, but its hashes and keys lie side by side in two arrays instead of all over the
 * heap, and several keys are read before the first is looked up: with 100,000 keys, looking one up costs what fetching
 * it from memory costs, and so they are fetched side by side.
 */
export class KeyNumbers {
  readonly #reader: KeyReader;
  /** Hash and number + 1 of each key, at the place that the hash says or the next free one. */
  #slots = new Int32Array(2 * slots_first);
  #mask = slots_first - 1;
  /** By number, as the reader has them. */
  #words = new Int32Array(slots_first * key_words);
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;
  /** Keeps what `#fetch` loads from being thought useless. */
  fetched = 0;

  /** @param keys_max how many keys may be read at once */
  constructor(keys_max: number) {
    this.#reader = new KeyReader(keys_max);
  }

  get size(): number {
    return this.#size;
  }

  keyOf(number: number): string {
    return this.#keys[number] ?? '';
  }

  /** The number of a key; -1 for an unknown one. */
  numberOf(key: string): number {
    this.#reader.read(key, 0);
    return this.#find(key, 0);
  }

  /** The number of a key, a new one if need be. */
  numberOrOpen(key: string): number {
    const known = this.numberOf(key);
    return known >= 0 ? known : this.#open(key, 0);
  }

  /**
   * Numbers some things by their keys; `opened` is told of those with a new key. What the keys are compared with is
   * fetched from memory for all at once, before the first of them is looked up.
   */
  numberAll<Item extends Keyed>(items: readonly Item[], opened: (item: Item) => void): void {
    items.forEach(({ key }, place) => this.#reader.read(key, place));
    this.fetched = this.#fetch(items.length);
    items.forEach((item, place) => {
      item.number = this.#find(item.key, place);
      if (item.number >= 0) return;
      item.number = this.#open(item.key, place);
      opened(item);
    });
  }

  close(number: number): void {
    let slot = (this.#words[number * key_words] ?? 0) & this.#mask;
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

  /** Loads what decides about the keys that were read; the sum is of no interest, but has them loaded. */
  #fetch(count: number): number {
    const [slots, words] = [this.#slots, this.#words];
    let sum = 0;
    for (let place = 0; place < count; place += 1) sum += slots[this.#homeOf(place)] ?? 0;
    for (let place = 0; place < count; place += 1) {
      const number = Math.max(0, (slots[this.#homeOf(place) + 1] ?? empty) - 1);
      sum += words[number * key_words] ?? 0;
    }
    return sum;
  }

  #homeOf(place: number): number {
    return 2 * (this.#reader.hashOf(place) & this.#mask);
  }

  /** The number of the key that was read to a place; -1 for an unknown one. */
  #find(key: string, place: number): number {
    const slots = this.#slots;
    const hash = this.#reader.hashOf(place);
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = (slots[2 * slot + 1] ?? empty) - 1;
      if (number < 0) return -1;
      if (slots[2 * slot] === hash && this.#isKeyOf(number, key, place)) return number;
    }
  }

  /** Gives a number to the key that was read to a place and has none. */
  #open(key: string, place: number): number {
    const number = this.#free.pop() ?? this.#keys.length;
    this.#keys[number] = key;
    const begin = number * key_words;
    if (begin === this.#words.length) this.#words = doubled(this.#words);
    const { words } = this.#reader;
    const read = place * key_words;
    for (let word = this.#reader.wordsOf(place) - 1; word >= 0; word -= 1) {
      this.#words[begin + word] = words[read + word] ?? 0;
    }
    this.#size += 1;
    if (2 * this.#size > this.#mask) this.#grow();
    this.#put(words[read] ?? 0, number);
    return number;
  }

  #isKeyOf(number: number, key: string, place: number): boolean {
    if (this.#reader.isText(place)) return this.#keys[number] === key;
    const [known, read] = [this.#words, this.#reader.words];
    const count = this.#reader.wordsOf(place);
    const [begin, other] = [number * key_words, place * key_words];
    for (let word = 1; word < count; word += 1) {
      if (known[begin + word] !== read[other + word]) return false;
    }
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

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * words.length);
  grown.set(words);
  return grown;
}
