import { hash } from 'node:crypto';
import { compileDetection, fits } from '../compile/condition.ts';
import type { Placeholders } from '../compile/placeholders.ts';
import type { Report } from '../problem.ts';
import {
  type Condition,
  type Detection,
  type DetectionNode,
  type Filter,
  type Logsource,
  logsourceDimensions,
  type Rule,
} from '../rule/model.ts';
import type { ParsedDocuments } from './parse.ts';

/**
 * A rule joined with the filters that apply to it: `(rule) and (filter)`, before pipelines, which then map both. Its hash
 * is over its own and theirs, a line each: with another filter it is another rule, and evidence must say by which was judged.
 */
export function withFilters(rule: Rule, filters: readonly Filter[]): Rule {
  const applicable = filters.filter((filter) => appliesTo(filter, rule));
  if (applicable.length === 0) return rule;
  const hashes = [rule, ...applicable].map((each) => `${each.hash}\n`).join('');
  return { ...rule, hash: hash('sha256', hashes), detection: applicable.reduce(joined, rule.detection) };
}

/** A filter applies to the rules it names, or all, whose log source lies within its own. */
function appliesTo(filter: Filter, rule: Rule): boolean {
  if (!within(rule.logsource, filter.logsource)) return false;
  return filter.rules === 'any' || filter.rules.some(({ to }) => to === rule.id || to === rule.name);
}

function within(inner: Logsource, outer: Logsource): boolean {
  return logsourceDimensions.every(
    (dimension) => outer[dimension] === undefined || outer[dimension] === inner[dimension],
  );
}

function joined(detection: Detection, { detection: filter, title }: Filter): Detection {
  // No identifier that a condition can spell: the rule's patterns must not reach those of the filter, nor the reverse.
  const rename = (name: string): string => `_filter ${title} ${detection.identifiers.size} ${name}`;
  const identifiers = new Map<string, DetectionNode>(detection.identifiers);
  for (const [name, node] of filter.identifiers) identifiers.set(rename(name), node);
  const names = [...filter.identifiers.keys()];
  const keeps = filter.conditions.map((condition) => renamed(condition, names, rename));
  return {
    ...detection,
    identifiers,
    conditions: detection.conditions.flatMap((condition) =>
      keeps.map((keep): Condition => ({ kind: 'and', terms: [condition, keep] })),
    ),
  };
}

function renamed(
  condition: Condition,
  names: readonly string[],
  rename: (name: string) => string,
): Condition {
  switch (condition.kind) {
    case 'identifier':
      return { ...condition, name: rename(condition.name) };
    case 'of':
      return { ...condition, names: names.filter((name) => fits(name, condition.pattern)).map(rename) };
    case 'not':
      return { kind: 'not', term: renamed(condition.term, names, rename) };
    case 'and':
    case 'or':
      return { ...condition, terms: condition.terms.map((term) => renamed(term, names, rename)) };
  }
}

/** Compiles each filter by itself, for its own mistakes, and names those without effect. */
export function checkFilters(documents: ParsedDocuments, placeholders: Placeholders, report: Report): void {
  for (const filter of documents.filters) {
    const { rules } = filter;
    const applies = documents.rules.some((rule) => appliesTo(filter, rule));
    if (!applies) {
      compileDetection(filter.detection, { placeholders, report });
      report.add('filter-no-effect', filter.at, `the filter ${filter.title} applies to no rule`);
    }
    for (const { to, at } of rules === 'any' ? [] : rules) {
      if (!documents.rules.some((rule) => rule.id === to || rule.name === to)) {
        report.add('rule-reference-unused', at, `no rule ${to} is loaded`);
      }
    }
  }
}
