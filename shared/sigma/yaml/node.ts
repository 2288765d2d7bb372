import type { Position } from '../problem.ts';

/** YAML with places: what the parsers of rules read. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly at: Position;
}

export interface YamlEntry {
  readonly key: string;
  readonly key_at: Position;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly at: Position;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  /** As the YAML 1.2 core schema reads it. */
  readonly value: string | number | boolean | null;
  /** As written, without quotes: keeps all digits of a number. */
  readonly source: string;
  readonly at: Position;
}

/** The value of a key; undefined when the key is not there. */
export function entryOf(map: YamlMap, key: string): YamlNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

/** The plain data of a node, as JSON would have it. */
export function plainValue(node: YamlNode): PlainValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainValue(entry.value)]));
}

export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };
