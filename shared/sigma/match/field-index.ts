import { fold } from '../fold.ts';
import type { LiteralScanner } from './ascii.ts';
import type { AtomTable, IndexedAtom } from './atom.ts';
import { createExactScanner } from './exact-texts.ts';
import { createLiteralAutomaton } from './literal-automaton.ts';
import { createEndScanner } from './literal-ends.ts';
import { canSample, createSampler } from './literal-sampler.ts';
import { type Scalar, textOf } from './value.ts';

/** Called with the number of an atom that holds; possibly more than once. */
export type AtomHolds = (atom: number) => void;

const no_atom = -1;

interface NumberedScanner {
  readonly scan: LiteralScanner;
  readonly found: (number: number) => void;
}

/** Answers every indexed atom of one field, or of keywords, from its values. */
export class FieldIndex {
  readonly #holds: AtomHolds;
  readonly #presence: number;
  readonly #anything: number;
  readonly #scanners: readonly NumberedScanner[];
  /** Whether any atom looks at texts. */
  readonly reads_text: boolean;

  /** @param field undefined for keywords: any text of the event. */
  constructor(field: string | undefined, atoms: AtomTable, holds: AtomHolds) {
    const mine = atoms.indexed.filter((atom) => atom.field === field);
    this.#holds = holds;
    this.#presence = numberOf(mine, 'present', atoms);
    this.#anything = numberOf(mine, 'anything', atoms);
    const scannerOf = (
      kind: TextAtom['kind'],
      create: (texts: readonly string[]) => LiteralScanner,
    ): readonly NumberedScanner[] => {
      const ofThisKind = mine.flatMap((atom) => ('text' in atom && atom.kind === kind ? [atom] : []));
      if (ofThisKind.length === 0) return [];
      const numbers = Int32Array.from(ofThisKind, (atom) => atoms.indexedNumber(atom));
      return [
        {
          scan: create(ofThisKind.map((atom) => atom.text)),
          found: (number) => holds(numbers[number] ?? 0),
        },
      ];
    };
    this.#scanners = [
      ...scannerOf('exact', createExactScanner),
      ...scannerOf('prefix', (texts) => createEndScanner(texts, false)),
      ...scannerOf('suffix', (texts) => createEndScanner(texts, true)),
      ...scannerOf('contains', (texts) =>
        canSample(texts) ? createSampler(texts) : createLiteralAutomaton(texts),
      ),
    ];
    this.reads_text = this.#scanners.length > 0 || this.#anything !== no_atom;
  }

  /** The field is there. */
  present(): void {
    if (this.#presence !== no_atom) this.#holds(this.#presence);
  }

  /** The field has a value. */
  value(value: Scalar): void {
    if (!this.reads_text) return;
    const text = textOf(value);
    if (text !== undefined) this.text(text);
  }

  text(text: string): void {
    if (this.#anything !== no_atom) this.#holds(this.#anything);
    for (const { scan, found } of this.#scanners) {
      if (!scan(text, false, found)) scan(fold(text), true, found);
    }
  }
}

type TextAtom = IndexedAtom & { text: string };

function numberOf(mine: readonly IndexedAtom[], kind: 'anything' | 'present', atoms: AtomTable): number {
  const atom = mine.find((candidate) => candidate.kind === kind);
  return atom === undefined ? no_atom : atoms.indexedNumber(atom);
}
