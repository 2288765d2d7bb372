import { isEntity } from '#shared/event/entity.ts';
import type { Report } from '../problem.ts';
import { entryOf, plainValue, type YamlMap, type YamlNode } from '../yaml/node.ts';
import type { Extension, RuleTest } from './model.ts';
import { readBoolean, readMap, readNumber, readText, readTexts, readWord, refuseOtherKeys } from './read.ts';
import { parseTimespan } from './timespan.ts';

const keys = [
  'class',
  'score',
  'opener',
  'first_only',
  'summary',
  'actors',
  'targets',
  'lateness',
  'tests',
] as const;
const testKeys = ['name', 'event', 'events', 'matches'] as const;

/** Reads the `breakwater` key of a document. */
export function readExtension(document: YamlMap, report: Report): Extension {
  const map = readMap(document, 'breakwater', report);
  if (map === undefined) return { tests: [] };
  refuseOtherKeys(map, keys, report);
  return {
    class: readWord(map, 'class', ['bridge', 'attach', 'context'], report),
    score: readScore(map, report),
    opener: readBoolean(map, 'opener', report),
    first_only: readBoolean(map, 'first_only', report),
    summary: readText(map, 'summary', report),
    actors: readEntities(map, 'actors', report),
    targets: readEntities(map, 'targets', report),
    lateness_ns: readLateness(map, report),
    tests: readTests(map, report),
  };
}

function readScore(map: YamlMap, report: Report): number | undefined {
  const score = readNumber(map, 'score', report);
  if (score === undefined || (score >= 0 && score <= 100)) return score;
  report.add('extension-invalid', map.at, 'score must be 0 to 100');
  return undefined;
}

function readEntities(
  map: YamlMap,
  key: 'actors' | 'targets',
  report: Report,
): readonly string[] | undefined {
  if (entryOf(map, key) === undefined) return undefined;
  const templates = readTexts(map, key, report);
  for (const template of templates) {
    if (!isEntity(template)) {
      report.add(
        'extension-invalid',
        entryOf(map, key)?.at ?? map.at,
        `${template} does not begin with a kind of entity`,
      );
    }
  }
  return templates;
}

function readLateness(map: YamlMap, report: Report): bigint | undefined {
  const text = readText(map, 'lateness', report);
  if (text === undefined) return undefined;
  const span = parseTimespan(text);
  if (span === undefined) report.add('timespan-syntax', map.at, `lateness ${text}: expected such as 10m`);
  return span;
}

function readTests(map: YamlMap, report: Report): readonly RuleTest[] {
  const node = entryOf(map, 'tests');
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    report.add('extension-invalid', node.at, 'tests must be a list');
    return [];
  }
  return node.items.flatMap((item) => readTest(item, report) ?? []);
}

function readTest(node: YamlNode, report: Report): RuleTest | undefined {
  if (node.kind !== 'map') {
    report.add('extension-invalid', node.at, 'a test is a map of name, event and matches');
    return undefined;
  }
  refuseOtherKeys(node, testKeys, report);
  const matches = readBoolean(node, 'matches', report);
  const events = eventsOf(node);
  if (matches === undefined || events === undefined) {
    report.add(
      'extension-invalid',
      node.at,
      'a test needs matches (true or false) and an event, or a list of events',
    );
    return undefined;
  }
  return { name: readText(node, 'name', report) ?? 'unnamed', events, matches, at: node.at };
}

function eventsOf(node: YamlMap): RuleTest['events'] | undefined {
  const one = entryOf(node, 'event');
  const many = entryOf(node, 'events');
  const nodes = many?.kind === 'list' ? many.items : one === undefined ? [] : [one];
  const events = nodes.flatMap((event) => {
    const value = plainValue(event);
    return typeof value === 'object' && value !== null && !isList(value) ? [value] : [];
  });
  return events.length === 0 || events.length !== nodes.length ? undefined : events;
}

function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
  return Array.isArray(value);
}
