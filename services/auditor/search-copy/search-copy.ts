import { isRetriable } from '#shared/errors/error.ts';
import { Serial } from '#shared/serial/serial.ts';
import type { Background } from '../background.ts';
import { Copier, type CopierOptions } from './copier.ts';

/** Time between two looks for leaves to be copied. */
const copy_interval_ms = 1_000;
/** Time between two stretches of 1,000 leaves of each log that are compared with their copy. */
const compare_interval_ms = 10_000;

/** Copies and compares while the ledger runs; for as long as the search engine is away, the copy lags behind. */
export class SearchCopy {
  readonly #copier: Copier;
  readonly #log: CopierOptions['log'];
  /** Copying and comparing take turns. */
  readonly #serial = new Serial();

  constructor(options: CopierOptions) {
    this.#copier = new Copier(options);
    this.#log = options.log;
  }

  startIn(background: Background): void {
    background.every(copy_interval_ms, () => this.#run(() => this.#copier.copyNew()));
    background.every(compare_interval_ms, () => this.#run(() => this.#copier.compareSome()));
  }

  /** Leaves that are signed and not yet copied. */
  lag(): number {
    return this.#copier.lag();
  }

  async #run(task: () => Promise<void>): Promise<void> {
    try {
      await this.#serial.run(task);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      this.#log.warn('the search copy has to wait', { reason: String(error) });
    }
  }
}
