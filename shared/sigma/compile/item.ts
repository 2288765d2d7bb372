import { decimalOf, type Decimal } from '../decimal.ts';
import { rule_tests_max, value_chars_max } from '../limits.ts';
import type { Report } from '../problem.ts';
import { compileRegex } from '../regex/regex.ts';
import { RegexProblem } from '../regex/syntax.ts';
import type { DetectionItem, RuleValue } from '../rule/model.ts';
import { anyRun, joinPatterns, patternShape } from '../rule/pattern.ts';
import { datePartRange } from './date-part.ts';
import { parseNetwork } from './network.ts';
import type { Placeholders } from './placeholders.ts';
import { type Plan, planOf } from './plan.ts';
import type { Expression, Test } from './test.ts';
import { foldPattern, scalarText, textAlternatives } from './text.ts';

/** What compiling needs beside the rule. */
export interface CompileContext {
  readonly placeholders: Placeholders;
  readonly report: Report;
}

/** Compiles one detection item; undefined when it is wrong, with the reasons in the report. */
export function compileItem(item: DetectionItem, context: CompileContext): Expression | undefined {
  const plan = planOf(item, context.report);
  if (plan === undefined) return undefined;
  const compiled = item.values.map((value) => compileValue(item, value, plan, context));
  const terms = compiled.flatMap((term) => term ?? []);
  if (terms.length !== item.values.length) return undefined;
  if (terms.length > rule_tests_max) {
    context.report.add('value-too-long', item.at, `more than ${rule_tests_max} values`);
    return undefined;
  }
  const label = itemLabel(item);
  const joined = join(plan.all ? 'all' : 'any', terms, label);
  return plan.neq ? { kind: 'not', term: joined, label } : joined;
}

function join(kind: 'all' | 'any', terms: readonly Expression[], label: string): Expression {
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { kind, terms, label, one_item: true };
}

/** The item's key as the rule has it. */
export function itemLabel(item: DetectionItem): string {
  return [item.field ?? 'keyword', ...item.modifiers].join('|');
}

function compileValue(
  item: DetectionItem,
  value: RuleValue,
  plan: Plan,
  context: CompileContext,
): Expression | undefined {
  if (value.source.length > value_chars_max) {
    context.report.add('value-too-long', value.at, `longer than ${value_chars_max} characters`);
    return undefined;
  }
  const tests = testsOfValue(item, value, plan, context);
  if (tests === undefined) return undefined;
  const label = `${itemLabel(item)}: ${value.value === null ? 'null' : value.source}`;
  if (plan.comparison === 'exists' && value.value === false) {
    return {
      kind: 'not',
      label,
      term: join(
        'any',
        tests.map((test) => leaf(test, label, value)),
        label,
      ),
    };
  }
  return join(
    'any',
    tests.map((test) => leaf(test, label, value)),
    label,
  );
}

function leaf(test: Test, label: string, value: RuleValue): Expression {
  return { kind: 'test', test, label, at: value.at };
}

/** The alternatives that one value stands for. */
function testsOfValue(
  item: DetectionItem,
  value: RuleValue,
  plan: Plan,
  context: CompileContext,
): readonly Test[] | undefined {
  const { field } = item;
  switch (plan.comparison) {
    case 'text':
      return textTests(item, value, plan, context);
    case 'regex':
      return regexTests(field, value, plan, context);
    case 'network':
      return field === undefined ? undefined : networkTests(field, value, plan, context);
    case 'number':
      return field === undefined ? undefined : numberTests(field, value, plan, context.report);
    case 'field':
      return field === undefined ? undefined : fieldTests(field, value, plan, context.report);
    case 'exists':
      if (field !== undefined && typeof value.value === 'boolean') return [{ kind: 'present', field }];
      context.report.add('modifier-value', value.at, 'exists needs true or false');
      return undefined;
  }
}

function textTests(
  item: DetectionItem,
  value: RuleValue,
  plan: Plan,
  context: CompileContext,
): readonly Test[] | undefined {
  const { field } = item;
  const { report } = context;
  if (value.value === null) {
    if (plan.transforms.length === 0 && !plan.expand && field !== undefined) return [{ kind: 'null', field }];
    report.add('modifier-value', value.at, `null cannot be used with ${item.modifiers.join('|')}`);
    return undefined;
  }
  if (typeof value.value !== 'string' && plan.transforms.length > 0) {
    report.add('value-coerced', value.at, `${value.source} is taken as text`, `'${value.source}'`);
  }
  if (!plan.expand && typeof value.value === 'string') warnOfPlaceholder(value, context);
  const alternatives = textAlternatives(value, plan, context.placeholders, report);
  return alternatives?.map((alternative) => {
    // A keyword is looked for anywhere in a text.
    const whole = field === undefined ? joinPatterns([anyRun], alternative, [anyRun]) : alternative;
    if (plan.transforms.length + Number(field === undefined) > 0 && patternShape(whole).kind === 'anything') {
      report.add('value-matches-all', value.at, 'matches every text');
    }
    return { kind: 'text', field, pattern: plan.cased ? whole : foldPattern(whole), cased: plan.cased };
  });
}

function warnOfPlaceholder(value: RuleValue, context: CompileContext): void {
  const name = /%([^%\s]+)%/.exec(value.source)?.[1];
  if (name !== undefined && context.placeholders.has(name)) {
    context.report.add(
      'placeholder-without-expand',
      value.at,
      `%${name}% is text here: the modifier expand is missing`,
    );
  }
}

function regexTests(
  field: string | undefined,
  value: RuleValue,
  plan: Plan,
  context: CompileContext,
): readonly Test[] | undefined {
  if (value.value === null || typeof value.value === 'boolean') {
    context.report.add('modifier-value', value.at, 're needs text');
    return undefined;
  }
  const source = typeof value.value === 'string' ? value.value : value.source;
  if (/^\(\?[ims]+\)/.test(source)) {
    context.report.add('regex-inline-flag', value.at, 'a flag within the expression', 're|i');
  }
  const before =
    plan.transforms.includes('startswith') && !plan.transforms.includes('contains') ? '\\A(?:' : '';
  const after = plan.transforms.includes('endswith') && !plan.transforms.includes('contains') ? ')\\z' : '';
  const anchored = before === '' && after === '' ? source : `${before || '(?:'}${source}${after || ')'}`;
  try {
    const regex = compileRegex(anchored, plan.flags);
    const flags = (['i', 'm', 's'] as const).filter((flag) => plan.flags[flag]).join('');
    return [{ kind: 'regex', field, source: anchored, flags, regex }];
  } catch (error) {
    if (!(error instanceof RegexProblem)) throw error;
    context.report.add(error.code, value.at, error.message);
    return undefined;
  }
}

function networkTests(
  field: string,
  value: RuleValue,
  plan: Plan,
  context: CompileContext,
): readonly Test[] | undefined {
  if (typeof value.value !== 'string') {
    context.report.add('modifier-value', value.at, 'cidr needs text such as 10.0.0.0/8');
    return undefined;
  }
  const texts = plan.expand
    ? textAlternatives(value, plan, context.placeholders, context.report)?.map((pattern) => pattern.join(''))
    : [value.value];
  const tests: Test[] = [];
  for (const source of texts ?? []) {
    const network = parseNetwork(source);
    if (typeof network === 'string') {
      context.report.add('modifier-value', value.at, network);
      return undefined;
    }
    tests.push({ kind: 'network', field, network, source });
  }
  return texts === undefined ? undefined : tests;
}

function numberTests(
  field: string,
  value: RuleValue,
  plan: Plan,
  report: Report,
): readonly Test[] | undefined {
  const number = numberOf(value, plan, report);
  if (number === undefined) {
    report.add('modifier-value', value.at, `${value.source} is not a number`);
    return undefined;
  }
  if (plan.part !== undefined && plan.operator === 'eq') {
    const [low, high] = datePartRange[plan.part];
    if (number < low || number > high) {
      report.add('modifier-value', value.at, `no ${plan.part} is ${value.source}: ${low} to ${high}`);
      return undefined;
    }
  }
  return [{ kind: 'number', field, part: plan.part, operator: plan.operator, value: number }];
}

function numberOf(value: RuleValue, plan: Plan, report: Report): Decimal | undefined {
  if (typeof value.value === 'number') return decimalOf(scalarText(value)) ?? value.value;
  if (typeof value.value !== 'string') return undefined;
  const number = decimalOf(value.value);
  if (number !== undefined) {
    report.add(
      'value-coerced',
      value.at,
      `'${value.value}' is taken as a number for ${plan.part ?? plan.operator}`,
      value.value,
    );
  }
  return number;
}

function fieldTests(
  field: string,
  value: RuleValue,
  plan: Plan,
  report: Report,
): readonly Test[] | undefined {
  if (typeof value.value !== 'string' || value.value === '') {
    report.add('modifier-value', value.at, 'fieldref needs the name of a field');
    return undefined;
  }
  const relation =
    plan.transforms.includes('contains') || plan.transforms.length > 1 ? 'contains' : plan.transforms[0];
  const other = value.value.replaceAll(' ', '');
  return [
    {
      kind: 'field',
      field,
      other,
      relation:
        relation === 'contains' || relation === 'startswith' || relation === 'endswith' ? relation : 'equals',
      cased: plan.cased,
    },
  ];
}
