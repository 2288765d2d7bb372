import type { LeafView } from './filter.ts';
import { parseRanges } from './ranges.ts';

/** Types of leaves that say that bodies were destroyed: on demand, or because their time had passed. */
export const erasureTypes: ReadonlySet<string> = new Set(['erasure.done', 'retention.applied']);

/** Bodies that are gone, against the leaves that say so: a body must not vanish without a record. */
export class Erasures {
  readonly #claimed = new Map<string, Set<number>>();

  /** The body of this leaf is gone. */
  claim(log: string, index: number): void {
    const claimed = this.#claimed.get(log) ?? new Set();
    this.#claimed.set(log, claimed);
    claimed.add(index);
  }

  /** A leaf of any log; an erasure comes after what it erases. */
  note({ type, facts }: Pick<LeafView, 'type' | 'facts'>): void {
    const claimed = this.#claimed.get(facts['log'] ?? '');
    if (!erasureTypes.has(type) || claimed === undefined) return;
    const ranges = parseRanges(facts['leaves'] ?? '');
    for (const index of claimed) {
      if (ranges.some(([first, next]) => first <= index && index < next)) claimed.delete(index);
    }
  }

  /** Claims that no leaf supports. */
  unsupported(): { readonly log: string; readonly index: number }[] {
    return [...this.#claimed].flatMap(([log, indexes]) => [...indexes].map((index) => ({ log, index })));
  }
}
