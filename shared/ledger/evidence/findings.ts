import type { Finding } from '../verify/log.ts';
import { Malformed } from '../verify/malformed.ts';

/** More wrong than this is not worth listing further. */
const findings_max = 1_000;

/** What a check found wrong, in the order in which it was found. */
export class Findings {
  readonly #all: Finding[] = [];

  get all(): readonly Finding[] {
    return this.#all;
  }

  /** `where` is a file or a leaf; `what` goes on with the sentence. */
  report(where: string, what: string): void {
    if (this.#all.length < findings_max) this.#all.push({ where, what });
  }

  /** What `read` returns; undefined when it throws `Malformed`, which is reported then. Other errors pass. */
  attempt<Result>(where: string, read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.report(where, error.message);
      return undefined;
    }
  }
}
