/** Numbers for texts: equal texts have equal numbers, as long as the epoch is the same. */
export class Interner {
  /** Changes when all numbers are forgotten. */
  epoch = 0;
  readonly #numbers = new Map<string, number>();
  readonly #texts_max: number;

  constructor(texts_max: number) {
    this.#texts_max = texts_max;
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#texts_max) {
      this.#numbers.clear();
      this.epoch += 1;
    }
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
