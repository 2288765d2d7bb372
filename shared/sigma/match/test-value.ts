import { inNetwork, parseAddress } from '../compile/network.ts';
import { datePartOf } from '../compile/date-part.ts';
import type { NumberOperator, Test } from '../compile/test.ts';
import type { Decimal } from '../decimal.ts';
import { fold } from '../fold.ts';
import { textMatcher } from './glob.ts';
import { numberOf, type Scalar, textOf } from './value.ts';

/** Whether one value of the field fulfils a test; for tests that look at a value by itself. */
export type ValueMatcher = (value: Scalar) => boolean;

/** The matcher of tests on single values; `null`, `present` and `field` tests look at more than one value. */
export function valueMatcher(test: Test & { kind: 'text' | 'regex' | 'network' | 'number' }): ValueMatcher {
  switch (test.kind) {
    case 'text': {
      const matches = textMatcher(test.pattern);
      return (value) => {
        const text = textOf(value);
        return text !== undefined && matches(test.cased ? text : fold(text));
      };
    }
    case 'regex':
      return (value) => {
        const text = textOf(value);
        return text !== undefined && test.regex.test(text);
      };
    case 'network':
      return (value) => {
        const address = typeof value === 'string' ? parseAddress(value) : undefined;
        return address !== undefined && inNetwork(address, test.network);
      };
    case 'number':
      return (value) => {
        const number = test.part === undefined ? numberOf(value) : datePartOf(value, test.part);
        return number !== undefined && compare(number, test.operator, test.value);
      };
  }
}

function compare(number: Decimal, operator: NumberOperator, bound: Decimal): boolean {
  switch (operator) {
    case 'lt':
      return number < bound;
    case 'lte':
      return number <= bound;
    case 'gt':
      return number > bound;
    case 'gte':
      return number >= bound;
    case 'eq':
      // A bigint equals a number only loosely: 5n == 5.
      return !(number < bound) && !(number > bound);
  }
}

/** Whether two values stand in the relation of a `fieldref`. */
export function valuesRelate(value: Scalar, other: Scalar, test: Test & { kind: 'field' }): boolean {
  const [a, b] = [textOf(value), textOf(other)];
  if (a === undefined || b === undefined) return false;
  const [left, right] = test.cased ? [a, b] : [fold(a), fold(b)];
  switch (test.relation) {
    case 'equals':
      return left === right;
    case 'contains':
      return left.includes(right);
    case 'startswith':
      return left.startsWith(right);
    case 'endswith':
      return left.endsWith(right);
  }
}
