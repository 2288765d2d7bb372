import { testsOf } from '../compile/test.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { atomKey, type IndexedAtom, indexedAtom } from './atom.ts';
import type { AtomCost } from './witness.ts';

/** How often a field that is asked for is there. */
const presence = 0.8;
/** How often a text holds another, by length: each character makes it rarer, to a point. */
const contains_base = 5;
const contains_floor = 0.0005;
/** How many texts of an event a keyword is looked for in. */
const texts_of_event = 20;

/**
 * Guesses how often atoms hold. A field of which rules ask for few values has few (a category, a verb), one of which
 * they ask for many has many (a command); what many rules ask for is more frequent than what one asks for.
 */
export function costByUse(rules: readonly CompiledRule[]): AtomCost {
  const uses = new Map<string, number>();
  const vocabulary = new Map<string, Set<string>>();
  for (const { expression } of rules) {
    const atoms = new Map(
      testsOf(expression)
        .flatMap((test) => indexedAtom(test) ?? [])
        .map((atom) => [atomKey(atom), atom]),
    );
    for (const [key, atom] of atoms) {
      uses.set(key, (uses.get(key) ?? 0) + 1);
      if ('text' in atom) add(vocabulary, atom.field ?? '', atom.text);
    }
  }
  return (atom) => {
    const words = vocabulary.get(atom.field ?? '')?.size ?? 0;
    return frequency(atom, words) * Math.log2(1 + (uses.get(atomKey(atom)) ?? 1));
  };
}

function frequency(atom: IndexedAtom, words: number): number {
  switch (atom.kind) {
    case 'present':
    case 'anything':
      return presence;
    case 'exact':
      return 1 / (2 + words);
    case 'suffix':
      return 1.5 / (2 + words);
    case 'prefix':
      return 4 / (2 + words);
    case 'contains': {
      const once = Math.max(contains_floor, contains_base ** (1 - atom.text.length));
      return Math.min(presence, atom.field === undefined ? once * texts_of_event : once);
    }
  }
}

function add(sets: Map<string, Set<string>>, key: string, text: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([text]));
  else set.add(text);
}
