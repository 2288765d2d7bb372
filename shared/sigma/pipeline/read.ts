import type { Report } from '../problem.ts';
import { readDetectionEntry } from '../rule/detection.ts';
import type { DetectionItem } from '../rule/model.ts';
import { readBoolean, readMap, readNumber, readText, readTexts } from '../rule/read.ts';
import { nearest } from '../rule/suggest.ts';
import { entryOf, type YamlMap, type YamlNode } from '../yaml/node.ts';
import type { Pipeline, PipelineItem, Transformation } from './model.ts';
import {
  readFieldConditions,
  readItemConditions,
  readLogsourceKeys,
  readRuleConditions,
} from './read-conditions.ts';

const priority_default = 0;

/** Reads a document with `transformations`; undefined when some of it is not supported, with the reasons in the report. */
export function readPipeline(document: YamlMap, report: Report): Pipeline | undefined {
  const node = entryOf(document, 'transformations');
  if (node?.kind !== 'list') {
    report.add('key-type', node?.at ?? document.at, 'transformations must be a list');
    return undefined;
  }
  for (const key of ['postprocessing', 'finalizers']) {
    const other = entryOf(document, key);
    if (other !== undefined && !(other.kind === 'list' && other.items.length === 0)) {
      report.add('pipeline-unsupported', other.at, `${key} work on queries; there are none here`);
    }
  }
  const items = node.items.map((item) => readItem(item, report));
  const usable = items.flatMap((item) => item ?? []);
  if (usable.length !== items.length) return undefined;
  return {
    name: readText(document, 'name', report) ?? document.at.file,
    priority: readNumber(document, 'priority', report) ?? priority_default,
    vars: readVars(document, report),
    items: usable,
    at: document.at,
  };
}

function readVars(document: YamlMap, report: Report): ReadonlyMap<string, readonly string[]> {
  const map = readMap(document, 'vars', report);
  return new Map(map?.entries.map(({ key }) => [key, readTexts(map, key, report)]) ?? []);
}

function readItem(node: YamlNode, report: Report): PipelineItem | undefined {
  if (node.kind !== 'map') {
    report.add('key-type', node.at, 'a transformation must be a map');
    return undefined;
  }
  const transformation = readTransformation(node, report);
  const rule_conditions = readRuleConditions(node, report);
  const item_conditions = readItemConditions(node, report);
  const field_conditions = readFieldConditions(node, report);
  if (!transformation || !rule_conditions || !item_conditions || !field_conditions) return undefined;
  const id = readText(node, 'id', report);
  return { id, transformation, rule_conditions, item_conditions, field_conditions, at: node.at };
}

function readTransformation(node: YamlMap, report: Report): Transformation | undefined {
  const type = readText(node, 'type', report);
  switch (type) {
    case 'field_name_mapping':
      return { type, mapping: readMapping(node, report) };
    case 'add_condition':
      return { type, items: readAdded(node, report), negated: readBoolean(node, 'negated', report) ?? false };
    case 'change_logsource':
      return { type, logsource: readLogsourceKeys(node, report) };
    case 'drop_detection_item':
      return { type };
    case 'value_placeholders':
    case 'wildcard_placeholders': {
      const names = readTexts(node, 'include', report);
      return { type, names: names.length === 0 ? undefined : names };
    }
    case undefined:
    default: {
      const suggestion = type === undefined ? undefined : nearest(type, supported);
      report.add('pipeline-unsupported', node.at, `transformation ${type ?? 'without type'}`, suggestion);
      return undefined;
    }
  }
}

const supported = [
  'field_name_mapping',
  'add_condition',
  'change_logsource',
  'drop_detection_item',
  'value_placeholders',
  'wildcard_placeholders',
];

function readMapping(node: YamlMap, report: Report): ReadonlyMap<string, readonly string[]> {
  const map = readMap(node, 'mapping', report);
  if (map === undefined) report.add('key-missing', node.at, 'the key mapping is missing');
  return new Map(map?.entries.map(({ key }) => [key, readTexts(map, key, report)]) ?? []);
}

function readAdded(node: YamlMap, report: Report): readonly DetectionItem[] {
  const map = readMap(node, 'conditions', report);
  if (map === undefined) report.add('key-missing', node.at, 'the key conditions is missing');
  return map?.entries.flatMap((entry) => readDetectionEntry(entry, report) ?? []) ?? [];
}
