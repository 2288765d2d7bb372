import type { AtomTable } from './atom.ts';
import type { Witnesses } from './witness.ts';

/** For each indexed atom the rules that have it as a witness, in flat arrays: `rules[ends[a]] … rules[ends[a + 1] - 1]`. */
export interface WaitingLists {
  readonly ends: Int32Array;
  readonly rules: Int32Array;
}

export function createWaitingLists(atoms: AtomTable, witnesses: readonly Witnesses[]): WaitingLists {
  const lists: Set<number>[] = atoms.indexed.map(() => new Set());
  for (const [rule, atomsOfRule] of witnesses.entries()) {
    for (const atom of atomsOfRule ?? []) lists[atoms.indexedNumber(atom)]?.add(rule);
  }
  const ends = new Int32Array(lists.length + 1);
  for (const [atom, list] of lists.entries()) ends[atom + 1] = (ends[atom] ?? 0) + list.size;
  return { ends, rules: Int32Array.from(lists.flatMap((list) => [...list])) };
}
