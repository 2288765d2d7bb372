import type { Report } from '../problem.ts';
import { entryOf, type YamlMap } from '../yaml/node.ts';
import { readDetection } from './detection.ts';
import { metadataKeys, readMetadata } from './metadata.ts';
import type { Condition, Filter, RuleReference } from './model.ts';
import { checkKeys, readMap } from './read.ts';
import { readLogsource } from './rule.ts';

/** Reads a document with a `filter`. */
export function readFilter(document: YamlMap, report: Report): Filter | undefined {
  checkKeys(document, [...metadataKeys, 'logsource', 'filter'], report);
  const metadata = readMetadata(document, report);
  const logsource = readLogsource(document, report);
  const map = readMap(document, 'filter', report);
  if (map === undefined || logsource === undefined) return undefined;
  const detection = readDetection(map, ['rules'], report);
  const rules = readRules(map, report);
  if (detection === undefined || rules === undefined) return undefined;
  if (!detection.conditions.some(negates)) {
    report.add(
      'filter-polarity',
      detection.at,
      'the condition has no not: events it selects stay, all others go',
    );
  }
  return { kind: 'filter', ...metadata, logsource, rules, detection };
}

function readRules(map: YamlMap, report: Report): readonly RuleReference[] | 'any' | undefined {
  const node = entryOf(map, 'rules');
  if (node === undefined) return 'any';
  if (node.kind === 'scalar' && node.value === 'any') return 'any';
  const references = readReferences(map, report);
  return references.length === 0 ? undefined : references;
}

/** The `rules` of a filter or correlation: ids or names. */
export function readReferences(map: YamlMap, report: Report): readonly RuleReference[] {
  const node = entryOf(map, 'rules');
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return { to: item.value, at: item.at };
    report.add('key-type', item.at, 'rules must hold ids or names of rules');
    return [];
  });
}

function negates(condition: Condition): boolean {
  if (condition.kind === 'not') return true;
  return (condition.kind === 'and' || condition.kind === 'or') && condition.terms.some(negates);
}
