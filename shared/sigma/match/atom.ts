import type { Test } from '../compile/test.ts';
import { patternShape, patternText } from '../rule/pattern.ts';

/** A comparison that the index answers while it reads an event: every one that holds is known before a rule is run. */
export type IndexedAtom =
  | {
      readonly kind: 'exact' | 'prefix' | 'suffix' | 'contains';
      /** Undefined: any text of the event. */
      readonly field: string | undefined;
      /** Folded. */
      readonly text: string;
    }
  /** Any text, number or boolean. */
  | { readonly kind: 'anything'; readonly field: string }
  | { readonly kind: 'present'; readonly field: string };

/** The atom that a test is; undefined when the index cannot answer it. */
export function indexedAtom(test: Test): IndexedAtom | undefined {
  if (test.kind === 'present') return { kind: 'present', field: test.field };
  if (test.kind !== 'text' || test.cased) return undefined;
  const shape = patternShape(test.pattern);
  if (shape.kind === 'glob') return undefined;
  if (shape.kind === 'anything')
    return test.field === undefined ? undefined : { kind: 'anything', field: test.field };
  if (test.field === undefined && shape.kind !== 'contains') return undefined;
  return { kind: shape.kind, field: test.field, text: shape.text };
}

export function atomKey(atom: IndexedAtom): string {
  const text = 'text' in atom ? atom.text : '';
  return `${atom.kind}\u0000${atom.field ?? ''}\u0000${text}`;
}

/** Equal for tests that always agree. */
function testKey(test: Test): string {
  switch (test.kind) {
    case 'text':
      return key('text', test.field, test.cased, patternText(test.pattern));
    case 'regex':
      return key('regex', test.field, test.flags, test.source);
    case 'network':
      return key('network', test.field, test.source);
    case 'number':
      return key('number', test.field, test.part, test.operator, test.value);
    case 'null':
    case 'present':
      return key(test.kind, test.field);
    case 'field':
      return key('field', test.field, test.other, test.relation, test.cased);
  }
}

function key(...parts: readonly (string | number | bigint | boolean | undefined)[]): string {
  return parts.map(String).join('\u0000');
}

/** Distinct comparisons with their numbers: indexed ones first, lazy ones after them. */
export interface AtomTable {
  /** Those that rules wait for: answered while an event is read. */
  readonly indexed: readonly IndexedAtom[];
  /** All others: made when a rule that needs one is run, at most once an event. */
  readonly lazy: readonly Test[];
  /** The number of a test. */
  numberOf(test: Test): number;
  /** The number of an indexed atom. */
  indexedNumber(atom: IndexedAtom): number;
}

/** Numbers the atoms that rules wait for, and the comparisons of all tests. */
export function createAtomTable(tests: readonly Test[], awaited: readonly IndexedAtom[]): AtomTable {
  const indexed = new Map<string, { number: number; atom: IndexedAtom }>();
  for (const atom of awaited) {
    const name = atomKey(atom);
    if (!indexed.has(name)) indexed.set(name, { number: indexed.size, atom });
  }
  const lazy = new Map<string, { number: number; test: Test }>();
  const numbers = new Map<Test, number>();
  for (const test of tests) {
    const atom = indexedAtom(test);
    const known = atom && indexed.get(atomKey(atom));
    const name = known === undefined ? testKey(test) : '';
    if (known === undefined && !lazy.has(name)) {
      lazy.set(name, { number: indexed.size + lazy.size, test });
    }
    numbers.set(test, (known ?? lazy.get(name))?.number ?? 0);
  }
  const found = (number: number | undefined): number => {
    if (number === undefined) throw new TypeError('a comparison that is not in the table');
    return number;
  };
  return {
    indexed: [...indexed.values()].map(({ atom }) => atom),
    lazy: [...lazy.values()].map(({ test }) => test),
    indexedNumber: (atom) => found(indexed.get(atomKey(atom))?.number),
    numberOf: (test) => found(numbers.get(test)),
  };
}
