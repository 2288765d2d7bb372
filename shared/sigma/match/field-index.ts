import { fold } from '../fold.ts';
import type { AtomTable, IndexedAtom } from './atom.ts';
import { createLiteralScanner, type LiteralScanner } from './literal-automaton.ts';
import { createSkipScanner, skip_chars_min } from './literal-skip.ts';
import { createEndScanner } from './literal-trie.ts';
import { type Scalar, textOf } from './value.ts';

/** Answers every indexed atom of one field, or of keywords, from its values. */
export interface FieldIndex {
  present(): void;
  value(value: Scalar): void;
  text(text: string): void;
  /** Whether any atom looks at texts. */
  readonly reads_text: boolean;
}

/**
 * @param field undefined for keywords: any text of the event.
 * @param holds called with the number of each atom that holds; possibly more than once.
 */
export function createFieldIndex(
  field: string | undefined,
  atoms: AtomTable,
  holds: (atom: number) => void,
): FieldIndex {
  const mine = atoms.indexed.filter((atom) => atom.field === field);
  const exact = new Map(ofKind(mine, 'exact').map((atom) => [atom.text, atoms.indexedNumber(atom)]));
  const exact_chars_max = Math.max(-1, ...[...exact.keys()].map((text) => text.length));
  const scanners = [
    scanner(ofKind(mine, 'prefix'), atoms, holds, (texts) => createEndScanner(texts, false)),
    scanner(ofKind(mine, 'suffix'), atoms, holds, (texts) => createEndScanner(texts, true)),
    scanner(ofKind(mine, 'contains'), atoms, holds, containsScanner),
  ].filter((scan) => scan !== undefined);
  const anything = numberOf(mine, 'anything', atoms);
  const presence = numberOf(mine, 'present', atoms);
  const folds = exact.size > 0 || scanners.length > 0;
  const reads_text = folds || anything !== undefined;

  function text(value: string): void {
    if (anything !== undefined) holds(anything);
    if (!folds) return;
    const folded = fold(value);
    if (folded.length <= exact_chars_max) {
      const atom = exact.get(folded);
      if (atom !== undefined) holds(atom);
    }
    for (const scan of scanners) scan(folded);
  }

  return {
    reads_text,
    text,
    present: () => {
      if (presence !== undefined) holds(presence);
    },
    value: (value) => {
      if (!reads_text) return;
      const valueText = textOf(value);
      if (valueText !== undefined) text(valueText);
    },
  };
}

type TextAtom = IndexedAtom & { text: string };

function ofKind(atoms: readonly IndexedAtom[], kind: TextAtom['kind']): readonly TextAtom[] {
  return atoms.flatMap((atom) => ('text' in atom && atom.kind === kind ? [atom] : []));
}

function numberOf(
  mine: readonly IndexedAtom[],
  kind: 'anything' | 'present',
  atoms: AtomTable,
): number | undefined {
  const atom = mine.find((candidate) => candidate.kind === kind);
  return atom && atoms.indexedNumber(atom);
}

function containsScanner(texts: readonly string[]): LiteralScanner {
  const skips = texts.every((text) => text.length >= skip_chars_min);
  return skips ? createSkipScanner(texts) : createLiteralScanner(texts);
}

function scanner(
  mine: readonly TextAtom[],
  atoms: AtomTable,
  holds: (atom: number) => void,
  create: (texts: readonly string[]) => LiteralScanner,
): ((text: string) => void) | undefined {
  if (mine.length === 0) return undefined;
  const numbers = Int32Array.from(mine.map((atom) => atoms.indexedNumber(atom)));
  const scan = create(mine.map((atom) => atom.text));
  const found = (number: number): void => holds(numbers[number] ?? 0);
  return (text) => scan(text, found);
}
