import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import { rule_file_bytes_max, yaml_depth_max, yaml_documents_max, yaml_nodes_max } from '../limits.ts';
import type { Position, Report } from '../problem.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './node.ts';

/** The documents of a YAML text, YAML 1.2 core schema; problems go to the report, broken documents are left out. */
export function readYaml(file: string, text: string, report: Report): readonly YamlNode[] {
  const start: Position = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > rule_file_bytes_max) {
    report.add('file-too-large', start, `larger than ${rule_file_bytes_max} bytes`);
    return [];
  }
  const lines = new LineCounter();
  const documents = parseDocuments(text, lines);
  if (documents === undefined) {
    report.add('yaml-too-complex', start, 'nested too deep');
    return [];
  }
  if (documents.length > yaml_documents_max) {
    report.add('yaml-too-complex', start, `more than ${yaml_documents_max} documents`);
    return [];
  }
  const budget = { nodes: yaml_nodes_max };
  return documents.flatMap(
    (document) => readDocument(document, { file, lines, report, document, budget }) ?? [],
  );
}

/** Undefined when the parser ran out of stack: the only way it fails on deep nesting. */
function parseDocuments(text: string, lines: LineCounter): readonly Document[] | undefined {
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      schema: 'core',
      version: '1.2',
      uniqueKeys: false,
      merge: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    return [...parsed];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly report: Report;
  readonly document: Document;
  readonly budget: { nodes: number };
}

function readDocument(document: Document, reading: Reading): YamlNode | undefined {
  if (document.errors.length > 0) {
    for (const error of document.errors) {
      const code = error.code === 'DUPLICATE_KEY' ? 'yaml-duplicate-key' : 'yaml-syntax';
      reading.report.add(code, place(reading, error.pos[0]), firstLine(error.message));
    }
    return undefined;
  }
  const contents = document.contents;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    const at = place(reading, document.range?.[0] ?? 0);
    reading.report.add('document-empty', at, 'an empty document');
    return undefined;
  }
  return readNode(contents, reading, 0);
}

/** Undefined once the budget is used up; the first to notice reports it. */
function readNode(node: unknown, reading: Reading, depth: number): YamlNode | undefined {
  const at = place(reading, offsetOf(node));
  if (depth > yaml_depth_max || reading.budget.nodes <= 0) {
    if (reading.budget.nodes >= 0)
      reading.report.add('yaml-too-complex', at, 'too many nodes, or nested too deep');
    reading.budget.nodes = -1;
    return undefined;
  }
  reading.budget.nodes -= 1;
  if (isAlias(node)) return readAlias(node, reading, depth);
  if (isScalar(node)) return readScalar(node, reading, at);
  if (isSeq(node)) {
    return {
      kind: 'list',
      items: node.items.flatMap((item) => readNode(item, reading, depth + 1) ?? []),
      at,
    };
  }
  if (isMap(node)) return { kind: 'map', entries: readEntries(node.items, reading, depth), at };
  return { kind: 'scalar', value: null, source: '', at };
}

function readAlias(alias: Alias, reading: Reading, depth: number): YamlNode | undefined {
  const target: Node | undefined = alias.resolve(reading.document);
  if (target !== undefined) return readNode(target, reading, depth + 1);
  reading.report.add('yaml-syntax', place(reading, offsetOf(alias)), `no anchor named ${alias.source}`);
  return undefined;
}

function readEntries(
  pairs: readonly { key: unknown; value: unknown }[],
  reading: Reading,
  depth: number,
): readonly YamlEntry[] {
  const entries: YamlEntry[] = [];
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key_at = place(reading, offsetOf(pair.key));
    const resolved = isAlias(pair.key) ? pair.key.resolve(reading.document) : pair.key;
    if (!isScalar(resolved)) {
      reading.report.add('yaml-key-not-text', key_at, 'a key must be text');
      continue;
    }
    const key = resolved.source ?? String(resolved.value);
    if (seen.has(key)) reading.report.add('yaml-duplicate-key', key_at, `the key ${key} occurs twice`);
    seen.add(key);
    const value =
      pair.value === null
        ? ({ kind: 'scalar', value: null, source: '', at: key_at } as const)
        : readNode(pair.value, reading, depth + 1);
    if (value !== undefined) entries.push({ key, key_at, value });
  }
  return entries;
}

const looksBoolean = /^(?:yes|no|on|off)$/i;
const leadingZero = /^[-+]?0\d+$/;

function readScalar(node: Scalar, reading: Reading, at: Position): YamlScalar {
  const plain = node.type === 'PLAIN';
  const source = node.source ?? '';
  if (plain && looksBoolean.test(source)) {
    reading.report.add('yaml-looks-boolean', at, `${source} is read as text`, `'${source}'`);
  }
  if (plain && leadingZero.test(source)) {
    reading.report.add('yaml-leading-zero', at, `${source} is read as a decimal number`, `'${source}'`);
  }
  const value: unknown = node.value;
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    value === null
  ) {
    return { kind: 'scalar', value, source, at };
  }
  return { kind: 'scalar', value: source, source, at };
}

function offsetOf(node: unknown): number {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0] ?? 0;
  return 0;
}

function place(reading: Reading, offset: number): Position {
  const { line, col } = reading.lines.linePos(offset);
  return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
