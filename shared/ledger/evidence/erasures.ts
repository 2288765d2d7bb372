import type { LeafView } from './filter.ts';

/** Bodies that an export calls erased, against the leaves that say so: a body must not vanish without a record. */
export class Erasures {
  readonly #claimed = new Map<string, Set<number>>();

  /** The export says that the body of this leaf was erased. */
  claim(log: string, index: number): void {
    const claimed = this.#claimed.get(log) ?? new Set();
    this.#claimed.set(log, claimed);
    claimed.add(index);
  }

  /** A leaf of any log; an erasure comes after what it erases. */
  note({ type, facts }: LeafView): void {
    const claimed = this.#claimed.get(facts['log'] ?? '');
    if (type !== 'erasure.done' || claimed === undefined) return;
    for (const range of (facts['leaves'] ?? '').split(' ')) {
      const [first = '', last = first] = range.split('-');
      for (let index = Number(first); index <= Number(last) && claimed.size > 0; index += 1)
        claimed.delete(index);
    }
  }

  /** Claims that no leaf supports. */
  unsupported(): { readonly log: string; readonly index: number }[] {
    return [...this.#claimed].flatMap(([log, indexes]) => [...indexes].map((index) => ({ log, index })));
  }
}
