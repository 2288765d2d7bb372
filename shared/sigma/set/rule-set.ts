import type { Expression } from '../compile/test.ts';
import { compileDetection } from '../compile/condition.ts';
import type { Placeholders } from '../compile/placeholders.ts';
import { createReport, hasErrors, type Problem, type Report } from '../problem.ts';
import type { Correlation, Filter, Logsource, Rule } from '../rule/model.ts';
import { logsourceDimensions } from '../rule/model.ts';
import { linkCorrelations } from './link.ts';
import { type ParsedDocuments, parseSources, type RuleSource } from './parse.ts';

/** A rule ready to be matched: its detection and the filters that apply to it in one expression. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly expression: Expression;
}

/** Everything one folder of rules says. Immutable; a changed folder makes a new set. */
export interface RuleSet {
  /** In the order of their ids. */
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly Correlation[];
  readonly filters: readonly Filter[];
  /** Id → SHA-256 of the document, for the audit record of a load. */
  readonly hashes: ReadonlyMap<string, string>;
}

export type RuleSetResult =
  | { readonly kind: 'loaded'; readonly set: RuleSet; readonly problems: readonly Problem[] }
  /** At least one error: nothing of it is used. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

export const emptyRuleSet: RuleSet = { rules: [], correlations: [], filters: [], hashes: new Map() };

/** Parses, links and compiles files as one set; refuses all when one is wrong. */
export function buildRuleSet(sources: readonly RuleSource[], lists: Placeholders = new Map()): RuleSetResult {
  const report = createReport();
  const set = compileDocuments(parseSources(sources, report), lists, report);
  const problems = [...report.problems].sort(byPlace);
  return hasErrors(problems) ? { kind: 'refused', problems } : { kind: 'loaded', set, problems };
}

function compileDocuments(documents: ParsedDocuments, lists: Placeholders, report: Report): RuleSet {
  checkIdentities(documents, report);
  const context = { placeholders: lists, report };
  const filters = documents.filters.flatMap((filter) => {
    const expression = compileDetection(filter.detection, context);
    return expression === undefined
      ? []
      : [{ filter, expression: named(expression, `filter ${filter.title}`) }];
  });
  const rules = documents.rules.flatMap((rule): readonly CompiledRule[] => {
    const expression = compileDetection(rule.detection, context);
    if (expression === undefined) return [];
    const narrowing = filters
      .filter(({ filter }) => appliesTo(filter, rule))
      .map((filter) => filter.expression);
    return [
      {
        rule,
        expression: narrowing.length === 0 ? expression : { kind: 'all', terms: [expression, ...narrowing] },
      },
    ];
  });
  for (const { filter } of filters) checkFilter(filter, documents.rules, report);
  linkCorrelations(documents, report);
  const all = [...documents.rules, ...documents.correlations, ...documents.filters];
  return {
    rules: rules.sort((a, b) => compareText(a.rule.id, b.rule.id)),
    correlations: documents.correlations.toSorted((a, b) => compareText(a.id, b.id)),
    filters: documents.filters,
    hashes: new Map(all.map((document) => [document.id, document.hash])),
  };
}

function named(term: Expression, label: string): Expression {
  return { kind: 'all', terms: [term], label };
}

/** A filter applies to the rules it names, or all, whose log source lies within its own. */
export function appliesTo(filter: Filter, rule: Rule): boolean {
  if (!within(rule.logsource, filter.logsource)) return false;
  return filter.rules === 'any' || filter.rules.some(({ to }) => to === rule.id || to === rule.name);
}

function within(inner: Logsource, outer: Logsource): boolean {
  return logsourceDimensions.every(
    (dimension) => outer[dimension] === undefined || outer[dimension] === inner[dimension],
  );
}

function checkFilter(filter: Filter, rules: readonly Rule[], report: Report): void {
  if (filter.rules !== 'any') {
    for (const { to, at } of filter.rules) {
      if (!rules.some((rule) => rule.id === to || rule.name === to)) {
        report.add('rule-reference-unused', at, `no rule ${to} is loaded`);
      }
    }
  }
  if (!rules.some((rule) => appliesTo(filter, rule))) {
    report.add('filter-no-effect', filter.at, `the filter ${filter.title} applies to no rule`);
  }
}

function checkIdentities(documents: ParsedDocuments, report: Report): void {
  const seen = new Map<string, string>();
  for (const document of [...documents.rules, ...documents.correlations, ...documents.filters]) {
    for (const identity of new Set([document.id, document.name ?? document.id])) {
      const first = seen.get(identity);
      if (first !== undefined) report.add('id-duplicate', document.at, `${identity} is also in ${first}`);
      seen.set(identity, `${document.at.file}:${document.at.line}`);
    }
  }
}

/** By code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function byPlace(a: Problem, b: Problem): number {
  return compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column;
}
