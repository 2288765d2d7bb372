import { KeyNumbers } from './key-numbers.ts';

/** Numbers for texts: equal texts have equal numbers, as long as the first one is the same. */
export class Interner {
  /** The first number in use; those below are forgotten. */
  first = 0;
  #numbers = new KeyNumbers(1);
  readonly #texts_max: number;

  constructor(texts_max: number) {
    this.#texts_max = texts_max;
  }

  numberOf(text: string): number {
    if (this.#numbers.size >= this.#texts_max && this.#numbers.numberOf(text) < 0) {
      this.#numbers = new KeyNumbers(1);
      this.first += this.#texts_max;
    }
    return this.first + this.#numbers.numberOrOpen(text);
  }
}
