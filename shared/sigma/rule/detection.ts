import type { Position, Report } from '../problem.ts';
import { entryOf, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/node.ts';
import { parseCondition } from './condition.ts';
import {
  type Condition,
  type Detection,
  type DetectionItem,
  type DetectionNode,
  type Modifier,
  modifiers,
  type RuleValue,
} from './model.ts';
import { isNull } from './read.ts';
import { nearest } from './suggest.ts';

/**
 * Reads a map of identifiers and a condition: the `detection` of a rule, or a filter without its `rules`.
 * Undefined when there is no usable condition.
 */
export function readDetection(
  map: YamlMap,
  reserved: readonly string[],
  report: Report,
): Detection | undefined {
  const identifiers = new Map<string, DetectionNode>();
  let complete = true;
  for (const { key, value } of map.entries) {
    if (key === 'condition' || key === 'timeframe' || reserved.includes(key)) continue;
    const node = readNode(value, report);
    if (node === undefined) complete = false;
    else identifiers.set(key, node);
  }
  const conditions = readConditions(map, report);
  if (conditions.length === 0 || !complete) return undefined;
  return { identifiers, conditions, at: map.at };
}

function readConditions(map: YamlMap, report: Report): readonly Condition[] {
  const node = entryOf(map, 'condition');
  if (node === undefined) {
    report.add('key-missing', map.at, 'the key condition is missing');
    return [];
  }
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) report.add('condition-syntax', node.at, 'no condition');
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') {
      return parseCondition(item.value, item.at, report) ?? [];
    }
    report.add('condition-syntax', item.at, 'a condition must be text');
    return [];
  });
}

function readNode(node: YamlNode, report: Report): DetectionNode | undefined {
  if (node.kind === 'scalar') return { kind: 'item', item: keywords([node], [], node.at, report) };
  const size = node.kind === 'map' ? node.entries.length : node.items.length;
  if (size === 0) {
    report.add('detection-empty', node.at, 'an empty list or map can never match');
    return undefined;
  }
  if (node.kind === 'map') {
    const nodes = node.entries.flatMap((entry) => itemNode(readDetectionEntry(entry, report)));
    return nodes.length < node.entries.length ? undefined : { kind: 'all', nodes, at: node.at };
  }
  const scalars = node.items.filter((item) => item.kind === 'scalar');
  const others = node.items
    .filter((item) => item.kind !== 'scalar')
    .flatMap((item) => readNode(item, report) ?? []);
  const nodes =
    scalars.length === 0 ? others : [...itemNode(keywords(scalars, [], node.at, report)), ...others];
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { kind: 'any', nodes, at: node.at };
}

function keywords(
  scalars: readonly YamlScalar[],
  chain: readonly Modifier[],
  at: Position,
  report: Report,
): DetectionItem {
  for (const scalar of scalars) {
    if (scalar.value === null) report.add('modifier-value', scalar.at, 'a keyword cannot be null');
  }
  return { field: undefined, modifiers: chain, values: scalars.map(valueOf), at };
}

function itemNode(item: DetectionItem | undefined): readonly DetectionNode[] {
  return item === undefined ? [] : [{ kind: 'item', item }];
}

/** Reads one `field|modifier|…: values` line; undefined when it is wrong. */
export function readDetectionEntry(entry: YamlEntry, report: Report): DetectionItem | undefined {
  const [field = '', ...words] = entry.key.split('|');
  const chain = words.flatMap((word) => readModifier(word, entry.key_at, report) ?? []);
  const scalars = readScalars(entry, report);
  if (chain.length !== words.length || scalars === undefined) return undefined;
  if (field === '') return keywords(scalars, chain, entry.key_at, report);
  return {
    field: field.replaceAll(' ', ''),
    modifiers: chain,
    values: scalars.map(valueOf),
    at: entry.key_at,
  };
}

function readScalars({ key, value }: YamlEntry, report: Report): readonly YamlScalar[] | undefined {
  if (value.kind === 'map') {
    report.add('key-type', value.at, `${key} must have a value or a list of values`);
    return undefined;
  }
  const nodes = value.kind === 'list' ? value.items : [value];
  if (nodes.length === 0) {
    report.add('detection-empty', value.at, `the list of ${key} is empty: it can never match`);
    return undefined;
  }
  const scalars = nodes.filter((node) => node.kind === 'scalar');
  if (scalars.length !== nodes.length) {
    report.add('item-mixed', value.at, `${key} holds a list or map among its values`);
    return undefined;
  }
  if (nodes.length > 1) {
    for (const node of nodes.filter(isNull)) {
      report.add('value-null-in-list', node.at, 'null among values means: absent or null');
    }
  }
  return scalars;
}

function valueOf(scalar: YamlScalar): RuleValue {
  return { value: scalar.value, source: scalar.source, at: scalar.at };
}

const aliases: Readonly<Record<string, Modifier>> = {
  utf16le: 'wide',
  ignorecase: 'i',
  multiline: 'm',
  dotall: 's',
};

function readModifier(word: string, at: Position, report: Report): Modifier | undefined {
  const modifier = modifiers.find((candidate) => candidate === (aliases[word] ?? word));
  if (modifier === undefined) {
    const suggestion = nearest(word, [...modifiers, ...Object.keys(aliases)]);
    report.add(
      'modifier-unknown',
      at,
      `unknown modifier ${word === '' ? '(nothing after |)' : word}`,
      suggestion,
    );
  }
  return modifier;
}
