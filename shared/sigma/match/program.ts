import type { Expression, Test } from '../compile/test.ts';
import type { AtomTable } from './atom.ts';

/** Where a program ends. */
export const accept = -1;
export const reject = -2;

/**
 * Rules as branching programs over atoms: triples of atom, where to go when it holds, where to go when not. Runs without
 * recursion, and looks at no atom that cannot change the outcome.
 */
export interface Program {
  readonly code: Int32Array;
  /** By rule. */
  readonly starts: Int32Array;
}

export function compileProgram(expressions: readonly Expression[], atoms: AtomTable): Program {
  const code: number[] = [];
  const lazyFrom = atoms.indexed.length;

  /** Emits code that goes to `yes` when the expression holds and to `no` when not; returns its start. */
  function emit(expression: Expression, yes: number, no: number): number {
    switch (expression.kind) {
      case 'test':
        return code.push(atoms.numberOf(expression.test), yes, no) - 3;
      case 'not':
        return emit(expression.term, no, yes);
      case 'all':
        return cheapestLast(expression.terms).reduce((next, term) => emit(term, next, no), yes);
      case 'any':
        return cheapestLast(expression.terms).reduce((next, term) => emit(term, yes, next), no);
      case 'some':
        return emitSome(expression.terms, expression.count, yes, no);
    }
  }

  /** Goes through the terms counting; one piece of code for each term and number still needed. */
  function emitSome(terms: readonly Expression[], count: number, yes: number, no: number): number {
    // needed[n]: where to go when n more must hold.
    let needed = Array.from({ length: count + 1 }, (_, missing) => (missing === 0 ? yes : no));
    for (const term of terms.toReversed()) {
      needed = needed.map((next, missing) =>
        missing === 0 ? yes : emit(term, needed[missing - 1] ?? yes, next),
      );
    }
    return needed[count] ?? no;
  }

  /** Code is emitted backwards: what comes last is looked at first. Indexed atoms cost nothing to look at. */
  function cheapestLast(terms: readonly Expression[]): readonly Expression[] {
    return terms.toSorted((a, b) => effort(b) - effort(a));
  }

  function effort(expression: Expression): number {
    if (expression.kind === 'test') {
      return atoms.numberOf(expression.test) < lazyFrom ? 1 : effortOf(expression.test);
    }
    if (expression.kind === 'not') return effort(expression.term);
    return expression.terms.reduce((sum, term) => sum + effort(term), 0);
  }

  const starts = expressions.map((expression) => emit(expression, accept, reject));
  return { code: Int32Array.from(code), starts: Int32Array.from(starts) };
}

/** What a comparison costs that the index has not made, as a multiple of one that it has. */
function effortOf(test: Test): number {
  // Keywords look through the whole event.
  if (test.field === undefined) return 10_000;
  switch (test.kind) {
    case 'present':
    case 'null':
      return 2;
    case 'text':
    case 'number':
      return 10;
    case 'network':
    case 'field':
      return 30;
    case 'regex':
      return 100;
  }
}
