import type { Signal } from '#shared/avro/types.generated.ts';
import type { FiringChanges } from '#shared/sigma/correlation/port.ts';

/** The firings of correlation rules that stand at the end: which came and went on the way depends on arrival. */
export class Firings {
  readonly #standing = new Map<string, Signal>();

  take({ fired, withdrawn }: FiringChanges): void {
    for (const firing of fired) this.#standing.set(firing.id, firing);
    for (const id of withdrawn) this.#standing.delete(id);
  }

  /** In the order of their times. */
  all(): readonly Signal[] {
    return [...this.#standing.values()].sort((a, b) =>
      a.time_ns === b.time_ns ? (a.id < b.id ? -1 : 1) : a.time_ns < b.time_ns ? -1 : 1,
    );
  }
}
