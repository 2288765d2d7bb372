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

/** A comparison that is made when a rule that needs it is run; at most once an event. */
export type LazyTest = Exclude<Test, { kind: 'present' }>;

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
export function lazyKey(test: LazyTest): string {
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
      return key('null', test.field);
    case 'field':
      return key('field', test.field, test.other, test.relation, test.cased);
  }
}

function key(...parts: readonly (string | number | bigint | boolean | undefined)[]): string {
  return parts.map(String).join('\u0000');
}

/** Distinct comparisons with their numbers: indexed ones first, lazy ones after them. */
export interface AtomTable {
  readonly indexed: readonly IndexedAtom[];
  readonly lazy: readonly LazyTest[];
  /** The number of a test. */
  numberOf(test: Test): number;
  /** The number of an indexed atom. */
  indexedNumber(atom: IndexedAtom): number;
}

/** Numbers the comparisons of all tests, and of further atoms. */
export function createAtomTable(tests: readonly Test[], further: readonly IndexedAtom[]): AtomTable {
  const indexed = new Map<string, { number: number; atom: IndexedAtom }>();
  const lazy = new Map<string, { number: number; test: LazyTest }>();
  const index = (atom: IndexedAtom): void => {
    const atomName = atomKey(atom);
    if (!indexed.has(atomName)) indexed.set(atomName, { number: indexed.size, atom });
  };
  for (const atom of further) index(atom);
  for (const test of tests) {
    const atom = indexedAtom(test);
    if (atom !== undefined) index(atom);
    else if (test.kind !== 'present' && !lazy.has(lazyKey(test))) {
      lazy.set(lazyKey(test), { number: lazy.size, test });
    }
  }
  const found = (number: number | undefined): number => {
    if (number === undefined) throw new TypeError('a test that is not in the table');
    return number;
  };
  const indexedNumber = (atom: IndexedAtom): number => found(indexed.get(atomKey(atom))?.number);
  return {
    indexed: [...indexed.values()].map(({ atom }) => atom),
    lazy: [...lazy.values()].map(({ test }) => test),
    indexedNumber,
    numberOf: (test) => {
      const atom = indexedAtom(test);
      if (atom !== undefined) return indexedNumber(atom);
      if (test.kind === 'present') throw new TypeError('presence is indexed');
      return indexed.size + found(lazy.get(lazyKey(test))?.number);
    },
  };
}
