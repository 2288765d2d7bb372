import type { Position, Report } from '../problem.ts';
import { entryOf, type YamlMap, type YamlNode } from '../yaml/node.ts';
import { checkBounds } from './bounds.ts';
import { parseCondition } from './condition.ts';
import { readExtension } from './extension.ts';
import { readReferences } from './filter.ts';
import { metadataKeys, readMetadata } from './metadata.ts';
import {
  type Bound,
  comparisonOperators,
  type Condition,
  type Correlation,
  type CorrelationType,
  correlationTypes,
  type RuleReference,
} from './model.ts';
import {
  checkKeys,
  missing,
  readBoolean,
  readMap,
  readNumber,
  readText,
  readTexts,
  readWord,
  refuseOtherKeys,
} from './read.ts';
import { parseTimespan } from './timespan.ts';

const keys = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'] as const;
const valueTypes: ReadonlySet<CorrelationType> = new Set([
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
]);
const percentile_default = 50;

/** Reads a document with a `correlation`. */
export function readCorrelation(document: YamlMap, report: Report): Correlation | undefined {
  checkKeys(document, [...metadataKeys, 'correlation', 'generate'], report);
  const metadata = readMetadata(document, report);
  const extension = readExtension(document, report);
  const map = readMap(document, 'correlation', report);
  if (map === undefined) return undefined;
  checkKeys(map, keys, report);
  missing(map, 'type', report);
  const type = readWord(map, 'type', correlationTypes, report);
  const timespan_ns = readTimespan(map, report);
  if (type === undefined || timespan_ns === undefined) return undefined;
  if (type === 'value_median')
    report.add('correlation-extension', map.at, 'value_median is not in the specification');
  const condition = readCondition(map, type, report);
  const named = readReferences(map, report);
  const rules = named.length > 0 ? named : referencesOf(condition.extended);
  if (rules.length === 0) report.add('key-missing', map.at, 'the key rules is missing or empty');
  else checkBounds(condition.bounds, type, rules.length, condition.at, report);
  return {
    kind: 'correlation',
    ...metadata,
    type,
    rules,
    group_by: readTexts(map, 'group-by', report).map((field) => field.replaceAll(' ', '')),
    timespan_ns,
    bounds:
      condition.bounds.length > 0 || condition.extended !== undefined
        ? condition.bounds
        : [{ operator: 'gte', value: rules.length }],
    field: condition.field?.replaceAll(' ', ''),
    percentile: condition.percentile,
    condition: condition.extended,
    aliases: readAliases(map, rules, report),
    generate: readBoolean(map, 'generate', report) ?? readBoolean(document, 'generate', report) ?? false,
    extension,
  };
}

function readTimespan(map: YamlMap, report: Report): bigint | undefined {
  const text = readText(map, 'timespan', report);
  if (text === undefined) {
    report.add('key-missing', map.at, 'the key timespan is missing');
    return undefined;
  }
  const span = parseTimespan(text);
  if (span === undefined) {
    const at = entryOf(map, 'timespan')?.at ?? map.at;
    report.add('timespan-syntax', at, `${text}: expected a number and s, m, h, d, w, M or y, at most a year`);
  } else if (/[wMy]$/.test(text)) {
    report.add('correlation-extension', map.at, `${text}: only s, m, h and d are in the specification`);
  }
  return span;
}

interface ReadCondition {
  readonly at: Position;
  readonly bounds: readonly Bound[];
  readonly field: string | undefined;
  readonly percentile: number;
  readonly extended: Condition | undefined;
}

function readCondition(map: YamlMap, type: CorrelationType, report: Report): ReadCondition {
  const node = entryOf(map, 'condition');
  const none: ReadCondition = {
    at: node?.at ?? map.at,
    bounds: [],
    field: undefined,
    percentile: percentile_default,
    extended: undefined,
  };
  if (node === undefined) {
    if (!isTemporal(type)) report.add('key-missing', map.at, `${type} needs a condition`);
    return none;
  }
  if (node.kind === 'scalar') return { ...none, extended: readExtended(node, type, report) };
  if (node.kind !== 'map') {
    report.add('key-type', node.at, 'condition must be a map or text');
    return none;
  }
  refuseOtherKeys(node, [...comparisonOperators, 'field', 'percentile'], report, 'correlation-condition');
  return { ...none, bounds: readBounds(node, report), ...readSubject(node, type, report) };
}

function readExtended(node: YamlNode, type: CorrelationType, report: Report): Condition | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !isTemporal(type)) {
    report.add(
      'correlation-condition',
      node.at,
      `a condition in words is for temporal and temporal_ordered only`,
    );
    return undefined;
  }
  return parseCondition(node.value, node.at, report);
}

function readSubject(
  node: YamlMap,
  type: CorrelationType,
  report: Report,
): Pick<ReadCondition, 'field' | 'percentile'> {
  const field = readText(node, 'field', report);
  if (valueTypes.has(type) && field === undefined) {
    report.add('correlation-condition', node.at, `${type} needs the key field in its condition`);
  }
  if (!valueTypes.has(type) && field !== undefined) {
    report.add('correlation-condition', node.at, `${type} counts signals: the key field has no meaning`);
  }
  const percentile = readNumber(node, 'percentile', report) ?? percentile_default;
  if (percentile < 0 || percentile > 100)
    report.add('correlation-condition', node.at, 'percentile must be 0 to 100');
  return { field, percentile };
}

function readBounds(node: YamlMap, report: Report): readonly Bound[] {
  const bounds = comparisonOperators.flatMap((operator) => {
    const value = readNumber(node, operator, report);
    return value === undefined ? [] : [{ operator, value }];
  });
  if (bounds.length === 0)
    report.add('correlation-condition', node.at, `one of ${comparisonOperators.join(', ')} is needed`);
  if (bounds.length > 1) report.add('correlation-extension', node.at, 'several comparisons: all must hold');
  return bounds;
}

function readAliases(
  map: YamlMap,
  rules: readonly RuleReference[],
  report: Report,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  for (const { key, value, key_at } of readMap(map, 'aliases', report)?.entries ?? []) {
    if (value.kind !== 'map') {
      report.add('key-type', value.at, `the alias ${key} must be a map from rules to fields`);
      continue;
    }
    for (const { key: rule, key_at: rule_at } of value.entries) {
      if (!rules.some((reference) => reference.to === rule)) {
        report.add('rule-reference-unknown', rule_at, `${rule} is none of the rules of the correlation`);
      }
    }
    const fields = value.entries.flatMap((entry) => {
      if (entry.value.kind === 'scalar' && typeof entry.value.value === 'string') {
        return [[entry.key, entry.value.value.replaceAll(' ', '')] as const];
      }
      report.add('key-type', key_at, `the alias ${key} must name a field for ${entry.key}`);
      return [];
    });
    aliases.set(key, new Map(fields));
  }
  return aliases;
}

/** The names of an extended condition, in order of their first use. */
function referencesOf(condition: Condition | undefined): readonly RuleReference[] {
  const found = new Map<string, Position>();
  collect(condition, found);
  return [...found].map(([to, at]) => ({ to, at }));
}

function collect(condition: Condition | undefined, found: Map<string, Position>): void {
  if (condition === undefined) return;
  if (condition.kind === 'identifier' && !found.has(condition.name)) found.set(condition.name, condition.at);
  if (condition.kind === 'not') collect(condition.term, found);
  if (condition.kind === 'and' || condition.kind === 'or')
    for (const term of condition.terms) collect(term, found);
}

export function isTemporal(type: CorrelationType): boolean {
  return type === 'temporal' || type === 'temporal_ordered';
}
