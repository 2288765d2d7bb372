import { testsOf } from '../compile/test.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { atomKey, indexedAtom } from './atom.ts';
import type { AtomCost } from './witness.ts';

/** How common each kind of atom is, for texts of one character. */
const commonness = { exact: 2, suffix: 3, prefix: 5, contains: 6, present: 40, anything: 40 } as const;

/**
 * Guesses how often atoms hold: longer texts less often, and what many rules ask for (a verb, a shell) more often than
 * what one rule asks for.
 */
export function costByUse(rules: readonly CompiledRule[]): AtomCost {
  const uses = new Map<string, number>();
  for (const { expression } of rules) {
    const atoms = testsOf(expression).flatMap((test) => indexedAtom(test) ?? []);
    for (const key of new Set(atoms.map(atomKey))) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  return (atom) => {
    const rarity = 'text' in atom ? 1 / (1 + atom.text.length) : 1;
    return commonness[atom.kind] * rarity * Math.log2(1 + (uses.get(atomKey(atom)) ?? 1));
  };
}
