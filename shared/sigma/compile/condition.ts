import { contradiction_identifiers_max } from '../limits.ts';
import type { Position } from '../problem.ts';
import type { Condition, Detection, DetectionNode } from '../rule/model.ts';
import { nearest } from '../rule/suggest.ts';
import { type CompileContext, compileItem } from './item.ts';
import type { Expression } from './test.ts';

/** Compiles a detection; undefined when some of it is wrong, with the reasons in the report. */
export function compileDetection(detection: Detection, context: CompileContext): Expression | undefined {
  const bodies = new Map<string, Expression>();
  for (const [name, node] of detection.identifiers) {
    const body = compileNode(node, context);
    if (body !== undefined) bodies.set(name, labelled(body, name));
  }
  if (bodies.size !== detection.identifiers.size) return undefined;
  const used = new Set<string>();
  const terms = detection.conditions.map((condition) => compileCondition(condition, bodies, used, context));
  const complete = terms.flatMap((term) => term ?? []);
  if (complete.length !== detection.conditions.length) return undefined;
  for (const name of bodies.keys()) {
    if (!used.has(name))
      context.report.add('identifier-unused', detection.at, `the condition does not use ${name}`);
  }
  const [only] = complete;
  const whole: Expression =
    complete.length === 1 && only !== undefined
      ? only
      : { kind: 'any', terms: complete, label: 'one of the conditions' };
  checkTruth(whole, bodies, detection.at, context);
  return whole;
}

function labelled(body: Expression, name: string): Expression {
  return { kind: 'all', terms: [body], label: name };
}

function compileNode(node: DetectionNode, context: CompileContext): Expression | undefined {
  if (node.kind === 'item') return compileItem(node.item, context);
  const compiled = node.nodes.map((child) => compileNode(child, context));
  const terms = compiled.flatMap((term) => term ?? []);
  if (terms.length !== compiled.length) return undefined;
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { kind: node.kind, terms };
}

function compileCondition(
  condition: Condition,
  bodies: ReadonlyMap<string, Expression>,
  used: Set<string>,
  context: CompileContext,
): Expression | undefined {
  switch (condition.kind) {
    case 'identifier': {
      used.add(condition.name);
      const body = bodies.get(condition.name);
      if (body === undefined) {
        const suggestion = nearest(condition.name, bodies.keys());
        context.report.add(
          'condition-identifier-unknown',
          condition.at,
          `${condition.name} is not defined`,
          suggestion,
        );
      }
      return body;
    }
    case 'of':
      return compileOf(condition, bodies, used, context);
    case 'not': {
      const term = compileCondition(condition.term, bodies, used, context);
      return term === undefined ? undefined : { kind: 'not', term };
    }
    case 'and':
    case 'or': {
      const terms = condition.terms.flatMap((term) => compileCondition(term, bodies, used, context) ?? []);
      if (terms.length !== condition.terms.length) return undefined;
      return { kind: condition.kind === 'and' ? 'all' : 'any', terms };
    }
  }
}

function compileOf(
  condition: Condition & { kind: 'of' },
  bodies: ReadonlyMap<string, Expression>,
  used: Set<string>,
  context: CompileContext,
): Expression | undefined {
  const names = condition.names ?? [...bodies.keys()].filter((name) => fits(name, condition.pattern));
  for (const name of names) used.add(name);
  const label = `${condition.count} of ${condition.pattern}`;
  if (names.length === 0) {
    context.report.add('condition-pattern-empty', condition.at, `${label}: no identifier fits`);
    return undefined;
  }
  const count = condition.count === 'all' ? names.length : condition.count;
  if (count > names.length) {
    context.report.add('condition-never', condition.at, `${label}: only ${names.length} identifiers fit`);
    return undefined;
  }
  const terms = names.flatMap((name) => bodies.get(name) ?? []);
  if (count === terms.length) return { kind: 'all', terms, label };
  return count === 1 ? { kind: 'any', terms, label } : { kind: 'some', count, terms, label };
}

/** Identifiers that begin with `_` are left out unless the pattern begins so too. */
export function fits(name: string, pattern: string): boolean {
  if (pattern === 'them') return !name.startsWith('_');
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const part of rest) {
    const index = name.indexOf(part, from);
    if (index < 0 || index + part.length > name.length - last.length) return false;
    from = index + part.length;
  }
  return true;
}

/** Tries every combination of identifiers: a condition that none, or every one, fulfils is a mistake. */
function checkTruth(
  whole: Expression,
  bodies: ReadonlyMap<string, Expression>,
  at: Position,
  context: CompileContext,
): void {
  const names = [...bodies.values()];
  if (names.length > contradiction_identifiers_max) return;
  let trueCount = 0;
  const combinations = 2 ** names.length;
  for (let bits = 0; bits < combinations; bits += 1) {
    const truth = new Map(names.map((body, index) => [body, ((bits >> index) & 1) === 1]));
    if (holdsWith(whole, truth)) trueCount += 1;
  }
  if (trueCount === 0) context.report.add('condition-never', at, 'no event can fulfil the condition');
  if (trueCount === combinations)
    context.report.add('condition-always', at, 'every event fulfils the condition');
}

function holdsWith(expression: Expression, truth: ReadonlyMap<Expression, boolean>): boolean {
  const known = truth.get(expression);
  if (known !== undefined) return known;
  switch (expression.kind) {
    case 'all':
      return expression.terms.every((term) => holdsWith(term, truth));
    case 'any':
      return expression.terms.some((term) => holdsWith(term, truth));
    case 'some':
      return expression.terms.filter((term) => holdsWith(term, truth)).length >= expression.count;
    case 'not':
      return !holdsWith(expression.term, truth);
    case 'test':
      return true;
  }
}
