import type { Expression } from '../compile/test.ts';
import { compileDetection } from '../compile/condition.ts';
import type { Placeholders } from '../compile/placeholders.ts';
import { applyPipelines, inOrder } from '../pipeline/apply.ts';
import { createReport, hasErrors, type Problem, type Report } from '../problem.ts';
import type { Correlation, Filter, Rule } from '../rule/model.ts';
import { checkFilters, withFilters } from './filters.ts';
import { linkCorrelations } from './link.ts';
import { type ParsedDocuments, parseSources, type RuleSource } from './parse.ts';
import { replaceDocuments } from './replace.ts';

/** A rule ready to be matched, after filters and pipelines. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly expression: Expression;
  /** The fields of our events that a field name means to this rule; for group-by and the like. */
  readonly mapField: (field: string) => readonly string[];
}

/** Everything one folder of rules says. Immutable; a changed folder makes a new set. */
export interface RuleSet {
  /** In the order of their ids. */
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly Correlation[];
  readonly filters: readonly Filter[];
  /** Id → SHA-256 of the document without its tests, for the audit record of a load. */
  readonly hashes: ReadonlyMap<string, string>;
}

export type RuleSetResult =
  | { readonly kind: 'loaded'; readonly set: RuleSet; readonly problems: readonly Problem[] }
  /** At least one error: nothing of it is used. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Files that are tried beside others. */
export interface Trial {
  /** Their documents replace those that have the same id. */
  readonly sources: readonly RuleSource[];
  /** Without the others' rules, filters and correlations; their pipelines and lists stay. */
  readonly alone: boolean;
}

/** Parses, links and compiles files as one set, with those on trial in it; refuses all when one is wrong. */
export function buildRuleSet(
  sources: readonly RuleSource[],
  lists: Placeholders = new Map(),
  trial: Trial = { sources: [], alone: false },
): RuleSetResult {
  const report = createReport();
  const present = parseSources(sources, report);
  const documents = replaceDocuments(present, parseSources(trial.sources, report), trial.alone);
  const set = compileDocuments(documents, lists, report);
  const problems = [...report.problems].sort(byPlace);
  return hasErrors(problems) ? { kind: 'refused', problems } : { kind: 'loaded', set, problems };
}

function compileDocuments(documents: ParsedDocuments, lists: Placeholders, report: Report): RuleSet {
  checkIdentities(documents, report);
  checkFilters(documents, lists, report);
  const pipelines = inOrder(documents.pipelines);
  const rules = documents.rules.flatMap((rule): readonly CompiledRule[] => {
    const processed = applyPipelines(withFilters(rule, documents.filters), pipelines, lists);
    const { detection } = processed.rule;
    const expression = compileDetection(detection, { placeholders: processed.placeholders, report });
    return expression === undefined
      ? []
      : [{ rule: processed.rule, expression, mapField: processed.mapField }];
  });
  linkCorrelations(documents, report);
  const all = [...documents.rules, ...documents.correlations, ...documents.filters];
  return {
    rules: rules.sort((a, b) => compareText(a.rule.id, b.rule.id)),
    correlations: documents.correlations.toSorted((a, b) => compareText(a.id, b.id)),
    filters: documents.filters,
    hashes: new Map(all.map((document) => [document.id, document.hash])),
  };
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
