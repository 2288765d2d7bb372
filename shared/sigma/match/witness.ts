import type { Expression, Test } from '../compile/test.ts';
import { fold } from '../fold.ts';
import { type IndexedAtom, indexedAtom } from './atom.ts';

/**
 * Atoms of which at least one holds whenever the expression does: a rule needs to be run only when one of its
 * witnesses was seen. Undefined when there are none, such as for a rule that only says `not`.
 */
export type Witnesses = readonly IndexedAtom[] | undefined;

/** How often an atom is expected to hold; only their order matters. */
export type AtomCost = (atom: IndexedAtom) => number;

/** The cheapest witnesses of an expression. */
export function witnessesOf(expression: Expression, cost: AtomCost): Witnesses {
  return whenTruth(expression, true, cost)?.atoms;
}

interface Choice {
  readonly atoms: readonly IndexedAtom[];
  readonly cost: number;
}

function whenTruth(expression: Expression, truth: boolean, cost: AtomCost): Choice | undefined {
  switch (expression.kind) {
    case 'test': {
      const atoms = witnessesOfTest(expression.test, truth);
      return atoms && { atoms, cost: atoms.reduce((sum, atom) => sum + cost(atom), 0) };
    }
    case 'not':
      return whenTruth(expression.term, !truth, cost);
    case 'all':
    case 'any': {
      // That not all hold means: one does not.
      const every = (expression.kind === 'all') === truth;
      const choices = expression.terms.map((term) => whenTruth(term, truth, cost));
      return cheapest(choices, every ? 1 : choices.length);
    }
    case 'some': {
      // When k of n hold, every n - k + 1 of them have one that holds.
      const { terms, count } = expression;
      const needed = truth ? terms.length - count + 1 : count;
      return cheapest(
        terms.map((term) => whenTruth(term, truth, cost)),
        needed,
      );
    }
  }
}

/** The union of the cheapest so many choices; undefined when there are not so many. */
function cheapest(choices: readonly (Choice | undefined)[], count: number): Choice | undefined {
  const usable = choices.flatMap((choice) => choice ?? []).sort((a, b) => a.cost - b.cost);
  if (usable.length < count) return undefined;
  const taken = usable.slice(0, count);
  return {
    atoms: taken.flatMap(({ atoms }) => atoms),
    cost: taken.reduce((sum, choice) => sum + choice.cost, 0),
  };
}

function witnessesOfTest(test: Test, truth: boolean): Witnesses {
  if (!truth) return test.kind === 'null' ? [{ kind: 'present', field: test.field }] : undefined;
  const atom = indexedAtom(test);
  if (atom !== undefined) return [atom];
  switch (test.kind) {
    case 'text':
      return literalWitnesses(test.field, [longestLiteral(test.pattern)]);
    case 'regex':
      return literalWitnesses(test.field, test.regex.required ?? []);
    case 'network':
    case 'number':
    case 'field':
    case 'present':
      return [{ kind: 'present', field: test.field }];
    case 'null':
      return undefined;
  }
}

function literalWitnesses(field: string | undefined, literals: readonly string[]): Witnesses {
  const usable = literals.filter((literal) => literal !== '');
  if (usable.length > 0) return usable.map((text) => ({ kind: 'contains', field, text }));
  return field === undefined ? undefined : [{ kind: 'present', field }];
}

function longestLiteral(pattern: (Test & { kind: 'text' })['pattern']): string {
  let longest = '';
  for (const part of pattern) if (typeof part === 'string' && part.length > longest.length) longest = part;
  return fold(longest);
}
