import type { BulkLimits } from './limits.ts';

/**
 * Keeps a wrong template or a broken server from emptying the topics into the dead-letter topic: a rejection is allowed
 * only while rejections are few among the latest documents.
 */
export class RejectionGuard {
  readonly #rejected: Uint8Array;
  readonly #limits: BulkLimits;
  #seen = 0;
  #rejections = 0;

  constructor(limits: BulkLimits) {
    this.#limits = limits;
    this.#rejected = new Uint8Array(limits.rejection_window_documents);
  }

  /** Whether one more document may be rejected. */
  allows(): boolean {
    const { rejections_min, rejections_percent_max } = this.#limits;
    const window = Math.min(this.#seen + 1, this.#rejected.length);
    const allowed = Math.max(rejections_min, (window * rejections_percent_max) / 100);
    return this.#rejections + 1 <= allowed;
  }

  /** Notes what became of one document. */
  note(rejected: boolean): void {
    const slot = this.#seen % this.#rejected.length;
    const value = rejected ? 1 : 0;
    this.#rejections += value - (this.#rejected[slot] ?? 0);
    this.#rejected[slot] = value;
    this.#seen += 1;
  }
}
