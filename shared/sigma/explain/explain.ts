import type { Expression, Test } from '../compile/test.ts';
import { explained_values_max, quoted_chars_max } from '../limits.ts';
import { conflicts, logsourceText } from '../logsource.ts';
import { evaluate, matchingValues } from '../match/evaluate.ts';
import { readField } from '../match/read-field.ts';
import type { Scalar } from '../match/value.ts';
import type { Position } from '../problem.ts';
import type { Logsource } from '../rule/model.ts';
import type { CompiledRule } from '../set/rule-set.ts';

/** Why a rule matches an event, or the first thing because of which it does not. */
export interface Explanation {
  readonly rule_id: string;
  readonly title: string;
  readonly matches: boolean;
  /** Set when the rule was not tried at all: its log source and that of the event. */
  readonly logsource_conflict: { readonly rule: string; readonly event: string } | undefined;
  /** For a match every item that it rests on; else what failed: one reason, or one for each alternative. */
  readonly reasons: readonly Reason[];
}

/** One item and the values it met. */
export interface Reason {
  /** Identifiers and quantifiers that lead to the item, outermost first. */
  readonly path: readonly string[];
  /** The item as the rule has it: `field|modifier: value`, or the key alone when none of several values matched. */
  readonly item: string;
  readonly at: Position;
  readonly holds: boolean;
  readonly field: string | undefined;
  readonly present: boolean;
  /** The values that matched; where none did, those that are there. */
  readonly values: readonly Scalar[];
}

/** Alternatives of a failed `or` that are each explained. */
const alternatives_max = 5;

/** Explains one rule on one event by definition. */
export function explain(
  { rule, expression }: CompiledRule,
  logsource: Logsource,
  document: object,
): Explanation {
  const conflict = conflicts(rule.logsource, logsource);
  const holds = evaluate(expression, document);
  return {
    rule_id: rule.id,
    title: rule.title,
    matches: holds && !conflict,
    logsource_conflict: conflict
      ? { rule: logsourceText(rule.logsource), event: logsourceText(logsource) }
      : undefined,
    reasons: reasonsOf(expression, document, holds, []),
  };
}

/** Why an expression has the truth that it has. */
function reasonsOf(
  expression: Expression,
  document: object,
  holds: boolean,
  path: readonly string[],
): readonly Reason[] {
  if (expression.kind === 'test') return [reasonOf(expression, document, holds, path)];
  const inner = expression.label === undefined || isItem(expression) ? path : [...path, expression.label];
  if (expression.kind === 'not') return reasonsOf(expression.term, document, !holds, [...inner, 'not']);
  const terms = expression.terms.map((term) => ({ term, truth: evaluate(term, document) }));
  const decisive = terms.filter(({ truth }) => truth === holds);
  if (expression.kind === 'all' && !holds) return explainTerms(decisive.slice(0, 1), document, inner);
  if (expression.kind === 'all') return explainTerms(decisive, document, inner);
  if (expression.kind === 'any' && holds) return explainTerms(decisive.slice(0, 1), document, inner);
  const first = firstTest(expression);
  if (isItem(expression) && first !== undefined) {
    // None of the values of one item: they met the same field.
    return [{ ...reasonOf(first, document, holds, path), item: expression.label ?? first.label }];
  }
  return explainTerms(decisive.slice(0, alternatives_max), document, inner);
}

function firstTest(expression: Expression): (Expression & { kind: 'test' }) | undefined {
  if (expression.kind === 'test') return expression;
  const [first] = expression.kind === 'not' ? [expression.term] : expression.terms;
  return first && firstTest(first);
}

function explainTerms(
  terms: readonly { readonly term: Expression; readonly truth: boolean }[],
  document: object,
  path: readonly string[],
): readonly Reason[] {
  return terms.flatMap(({ term, truth }) => reasonsOf(term, document, truth, path));
}

/** Whether an expression is over the values of one item. */
function isItem(expression: Expression): boolean {
  return (expression.kind === 'all' || expression.kind === 'any') && expression.one_item === true;
}

function reasonOf(
  leaf: Expression & { kind: 'test' },
  document: object,
  holds: boolean,
  path: readonly string[],
): Reason {
  const { test } = leaf;
  const found = test.field === undefined ? { present: true, values: [] } : readField(document, test.field);
  const values = holds ? matchingValues(test, document) : found.values;
  return {
    path,
    item: leaf.label,
    at: leaf.at,
    holds,
    field: fieldLabel(test),
    present: found.present,
    values: values.slice(0, explained_values_max).map(quoted),
  };
}

function fieldLabel(test: Test): string | undefined {
  return test.kind === 'field' ? `${test.field} and ${test.other}` : test.field;
}

function quoted(value: Scalar): Scalar {
  return typeof value === 'string' && value.length > quoted_chars_max
    ? `${value.slice(0, quoted_chars_max)}…`
    : value;
}
