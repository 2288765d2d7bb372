import type { SearchOutcome } from '../port.ts';

const written: SearchOutcome = { kind: 'written' };

/** One call of `write`: its answer, complete when every document is final. */
export class Delivery {
  readonly result: Promise<readonly SearchOutcome[]>;
  readonly #outcomes: SearchOutcome[];
  #open: number;
  readonly #resolve: (outcomes: readonly SearchOutcome[]) => void;
  readonly #reject: (error: unknown) => void;

  constructor(documents: number) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly SearchOutcome[]>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#outcomes = Array.from({ length: documents }, () => written);
    this.#open = documents;
  }

  settle(position: number, outcome: SearchOutcome): void {
    this.#outcomes[position] = outcome;
    this.#open -= 1;
    if (this.#open === 0) this.#resolve(this.#outcomes);
  }

  get complete(): boolean {
    return this.#open === 0;
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}
