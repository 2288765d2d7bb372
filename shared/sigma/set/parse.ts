import type { Report } from '../problem.ts';
import { readPipeline } from '../pipeline/read.ts';
import type { Pipeline } from '../pipeline/model.ts';
import { readCorrelation } from '../rule/correlation.ts';
import { readFilter } from '../rule/filter.ts';
import type { Correlation, Filter, Rule } from '../rule/model.ts';
import { readRule } from '../rule/rule.ts';
import { nearest } from '../rule/suggest.ts';
import { entryOf, type YamlMap, type YamlNode } from '../yaml/node.ts';
import { readYaml } from '../yaml/read.ts';

/** A file of rules, as read. */
export interface RuleSource {
  readonly file: string;
  readonly text: string;
}

/** What some files hold, before it is linked. */
export interface ParsedDocuments {
  readonly rules: readonly Rule[];
  readonly filters: readonly Filter[];
  readonly correlations: readonly Correlation[];
  readonly pipelines: readonly Pipeline[];
}

/** Parses files; documents that cannot be used are left out, with the reasons in the report. */
export function parseSources(sources: readonly RuleSource[], report: Report): ParsedDocuments {
  const parsed: Collected = { rules: [], filters: [], correlations: [], pipelines: [] };
  for (const { file, text } of sources) {
    for (const node of readYaml(file, text, report)) readDocument(node, parsed, report);
  }
  return parsed;
}

interface Collected {
  readonly rules: Rule[];
  readonly filters: Filter[];
  readonly correlations: Correlation[];
  readonly pipelines: Pipeline[];
}

const kinds = ['detection', 'filter', 'correlation', 'transformations'] as const;

function readDocument(node: YamlNode, parsed: Collected, report: Report): void {
  if (node.kind !== 'map') {
    report.add('document-unknown', node.at, 'a document must be a map');
    return;
  }
  const kind = kinds.find((key) => entryOf(node, key) !== undefined);
  switch (kind) {
    case 'detection':
      keep(readRule(node, report), parsed.rules);
      break;
    case 'filter':
      keep(readFilter(node, report), parsed.filters);
      break;
    case 'correlation':
      keep(readCorrelation(node, report), parsed.correlations);
      break;
    case 'transformations':
      keep(readPipeline(node, report), parsed.pipelines);
      break;
    case undefined:
      report.add('document-unknown', node.at, `none of ${kinds.join(', ')}`, meantKind(node));
  }
}

function keep<Item>(item: Item | undefined, list: Item[]): void {
  if (item !== undefined) list.push(item);
}

function meantKind(node: YamlMap): string | undefined {
  for (const { key } of node.entries) {
    const meant = nearest(key, kinds);
    if (meant !== undefined) return meant;
  }
  return undefined;
}
