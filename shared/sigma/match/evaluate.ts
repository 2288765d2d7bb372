import type { Expression, Test } from '../compile/test.ts';
import { readField } from './read-field.ts';
import { valueMatcher, valuesRelate } from './test-value.ts';
import { visitTexts } from './texts.ts';
import type { Scalar } from './value.ts';

/**
 * Evaluates an expression on a document by definition, one test after the other. The index must give the same
 * answers; explanations are made from this.
 */
export function evaluate(expression: Expression, document: unknown): boolean {
  switch (expression.kind) {
    case 'all':
      return expression.terms.every((term) => evaluate(term, document));
    case 'any':
      return expression.terms.some((term) => evaluate(term, document));
    case 'some':
      return expression.terms.filter((term) => evaluate(term, document)).length >= expression.count;
    case 'not':
      return !evaluate(expression.term, document);
    case 'test':
      return testHolds(expression.test, document);
  }
}

/** Whether any value fulfils the test. */
export function testHolds(test: Test, document: unknown): boolean {
  return matchingValues(test, document).length > 0;
}

/** The values that fulfil a test; for absence, one null. The first only, for keywords. */
export function matchingValues(test: Test, document: unknown): readonly Scalar[] {
  if (test.kind === 'text' || test.kind === 'regex') {
    const matches = valueMatcher(test);
    if (test.field !== undefined) return readField(document, test.field).values.filter(matches);
    let found: string | undefined;
    visitTexts(document, (text) => {
      if (matches(text)) found = text;
      return found !== undefined;
    });
    return found === undefined ? [] : [found];
  }
  const { present, values } = readField(document, test.field);
  switch (test.kind) {
    case 'network':
    case 'number':
      return values.filter(valueMatcher(test));
    case 'present':
      return present ? [values[0] ?? null] : [];
    case 'null':
      return isNull(present, values) ? [null] : [];
    case 'field': {
      const others = readField(document, test.other).values;
      return values.filter((value) => others.some((other) => valuesRelate(value, other, test)));
    }
  }
}

/** Absent, or a null among the values; an empty list or an object is something. */
function isNull(present: boolean, values: readonly Scalar[]): boolean {
  return !present || values.includes(null);
}
