import type { Position, Report } from '../problem.ts';
import { entryOf, type YamlMap, type YamlNode } from '../yaml/node.ts';
import { nearest } from './suggest.ts';

/** Readers of one key of a map: they report what is wrong and go on with undefined. */

/** A text or number as text; undefined when absent or null. */
export function readText(map: YamlMap, key: string, report: Report): string | undefined {
  const node = entryOf(map, key);
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === 'scalar') return typeof node.value === 'string' ? node.value : node.source;
  report.add('key-type', node.at, `${key} must be text`);
  return undefined;
}

/** A list of texts, or one text for a list of one. */
export function readTexts(map: YamlMap, key: string, report: Report): readonly string[] {
  const node = entryOf(map, key);
  if (node === undefined || isNull(node)) return [];
  if (node.kind === 'map') {
    report.add('key-type', node.at, `${key} must be a list of texts`);
    return [];
  }
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) {
      return [typeof item.value === 'string' ? item.value : item.source];
    }
    report.add('key-type', item.at, `${key} must hold texts`);
    return [];
  });
}

export function readBoolean(map: YamlMap, key: string, report: Report): boolean | undefined {
  const node = entryOf(map, key);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  report.add('key-type', node.at, `${key} must be true or false`);
  return undefined;
}

export function readNumber(map: YamlMap, key: string, report: Report): number | undefined {
  const node = entryOf(map, key);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'number') return node.value;
  report.add('key-type', node.at, `${key} must be a number`);
  return undefined;
}

/** A map under a key; absent is an error when `required`. */
export function readMap(map: YamlMap, key: string, report: Report): YamlMap | undefined {
  const node = entryOf(map, key);
  if (node?.kind === 'map') return node;
  if (node !== undefined) report.add('key-type', node.at, `${key} must be a map`);
  return undefined;
}

/** One of a few words; what is none of them is an error with the nearest as suggestion. */
export function readWord<Word extends string>(
  map: YamlMap,
  key: string,
  words: readonly Word[],
  report: Report,
): Word | undefined {
  const text = readText(map, key, report);
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate === text.toLowerCase());
  if (word === undefined) {
    const at = entryOf(map, key)?.at ?? map.at;
    report.add('value-unknown', at, `${key} ${text}: expected ${words.join(', ')}`, nearest(text, words));
  }
  return word;
}

/** Warns of keys that are one typo away from a known one; Sigma allows any other key. */
export function checkKeys(map: YamlMap, known: readonly string[], report: Report): void {
  for (const { key, key_at } of map.entries) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    if (meant !== undefined && isTypo(key, meant) && entryOf(map, meant) === undefined) {
      report.add('key-unknown', key_at, `unknown key ${key}`, meant);
    }
  }
}

/** Refuses keys that are not known: for maps in which nothing else may stand. */
export function refuseOtherKeys(
  map: YamlMap,
  known: readonly string[],
  report: Report,
  code: 'extension-invalid' | 'pipeline-unsupported' | 'correlation-condition' = 'extension-invalid',
): void {
  for (const { key, key_at } of map.entries) {
    if (!known.includes(key)) report.add(code, key_at, `unknown key ${key}`, nearest(key, known));
  }
}

function isTypo(key: string, meant: string): boolean {
  return Math.abs(key.length - meant.length) <= 2 && key[0] === meant[0];
}

export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

export function missing(map: YamlMap, key: string, report: Report, at: Position = map.at): void {
  if (entryOf(map, key) === undefined) report.add('key-missing', at, `the key ${key} is missing`);
}
