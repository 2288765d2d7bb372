import type { Decimal } from '../decimal.ts';
import type { Position } from '../problem.ts';
import type { Regex } from '../regex/regex.ts';
import type { Pattern } from '../rule/pattern.ts';
import type { DatePart } from './date-part.ts';
import type { Network } from './network.ts';

/** One comparison of one field (or, without field, of every text of the event) with one thing. */
export type Test =
  | {
      readonly kind: 'text';
      readonly field: string | undefined;
      /** Folded unless `cased`. */
      readonly pattern: Pattern;
      readonly cased: boolean;
    }
  | {
      readonly kind: 'regex';
      readonly field: string | undefined;
      readonly source: string;
      readonly flags: string;
      readonly regex: Regex;
    }
  | { readonly kind: 'network'; readonly field: string; readonly network: Network; readonly source: string }
  | {
      readonly kind: 'number';
      readonly field: string;
      readonly part: DatePart | undefined;
      readonly operator: NumberOperator;
      readonly value: Decimal;
    }
  /** Absent, or null. */
  | { readonly kind: 'null'; readonly field: string }
  /** There, whatever its value. */
  | { readonly kind: 'present'; readonly field: string }
  | {
      readonly kind: 'field';
      readonly field: string;
      readonly other: string;
      readonly relation: FieldRelation;
      readonly cased: boolean;
    };

export type NumberOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';
export type FieldRelation = 'equals' | 'contains' | 'startswith' | 'endswith';

/** The body of a rule: tests joined by and, or, not. Labels say what a part is in the rule's own words. */
export type Expression =
  | {
      readonly kind: 'all' | 'any';
      readonly terms: readonly Expression[];
      readonly label?: string | undefined;
      /** The terms are the values of one detection item, whose key is the label. */
      readonly one_item?: true | undefined;
    }
  /** At least `count` of the terms; 2 or more and fewer than all. */
  | {
      readonly kind: 'some';
      readonly count: number;
      readonly terms: readonly Expression[];
      readonly label: string;
    }
  | { readonly kind: 'not'; readonly term: Expression; readonly label?: string | undefined }
  | { readonly kind: 'test'; readonly test: Test; readonly label: string; readonly at: Position };

/** All tests of an expression, in order. */
export function testsOf(expression: Expression): readonly Test[] {
  if (expression.kind === 'test') return [expression.test];
  if (expression.kind === 'not') return testsOf(expression.term);
  return expression.terms.flatMap(testsOf);
}

/** The fields that an expression reads. */
export function fieldsOf(expression: Expression): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const test of testsOf(expression)) {
    if (test.field !== undefined) fields.add(test.field);
    if (test.kind === 'field') fields.add(test.other);
  }
  return fields;
}
