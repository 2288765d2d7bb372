import { addEntry, Cursor, NotSimple } from './cursor.ts';
import { readFlow } from './flow.ts';
import type { YamlEntry, YamlNode } from './node.ts';
import { readQuoted } from './quoted.ts';
import { readBlockScalar, readPlainLines } from './block-text.ts';

/** Tabs, other line ends, marks of encoding and control characters are left to the whole parser. */
const unusual = /[^\n\P{Cc}]|[\u2028\u2029\ufeff]/u;
const keyStart = /[^-?:,[\]{}#&*!|>%@` \n]|[-?:](?=[^ \n])/y;
const plainKey = /(?:[^\n:#]|:(?![ \n])|(?<! )#)+/y;

/**
 * The documents of a text in the part of YAML that rules are written in, ten times as fast as the whole parser reads
 * them. Undefined when there is anything else in the text, or anything to report: then the whole parser reads it.
 */
export function readSimpleYaml(file: string, text: string): readonly YamlNode[] | undefined {
  if (unusual.test(text)) return undefined;
  try {
    return readDocuments(new Cursor(file, text));
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

function readDocuments(cursor: Cursor): readonly YamlNode[] {
  const documents: YamlNode[] = [];
  for (let indent = cursor.nextLine(); indent >= 0; indent = cursor.nextLine()) {
    if (cursor.is('---')) {
      cursor.index += 3;
      cursor.endLine();
      if (cursor.nextLine() < 0) throw new NotSimple();
    } else if (documents.length > 0) throw new NotSimple();
    if (cursor.nextLine() !== 0 || cursor.is('---') || cursor.is('...')) throw new NotSimple();
    documents.push(readMap(cursor, 0, 0));
  }
  return documents;
}

/** Lines of `key: value` at one indentation; the cursor stands at the first key. */
function readMap(cursor: Cursor, indent: number, depth: number): YamlNode {
  cursor.enter(depth);
  const at = cursor.at(cursor.index);
  const entries: YamlEntry[] = [];
  const keys = new Set<string>();
  for (;;) {
    addEntry(entries, keys, readEntry(cursor, indent, depth));
    const next = cursor.nextLine();
    if (next < indent || (indent === 0 && (cursor.is('---') || cursor.is('...')))) break;
    if (next > indent) throw new NotSimple();
    cursor.index += indent;
    if (cursor.is('- ')) {
      cursor.index -= indent;
      break;
    }
  }
  return { kind: 'map', entries, at };
}

function readEntry(cursor: Cursor, indent: number, depth: number): YamlEntry {
  const offset = cursor.index;
  const key_at = cursor.at(offset);
  const key = readKey(cursor);
  cursor.index += 1;
  cursor.skipSpaces();
  if (cursor.index < cursor.lineEnd() && !cursor.is('#')) {
    return { key, key_at, value: readInline(cursor, indent, depth + 1) };
  }
  cursor.endLine();
  const next = cursor.nextLine();
  const start = cursor.index;
  cursor.index += Math.max(0, next);
  const list = cursor.is('- ') || cursor.is('-\n');
  if (next < indent || (next === indent && !list)) throw new NotSimple();
  if (list) {
    cursor.index = start;
    return { key, key_at, value: readList(cursor, next, depth + 1) };
  }
  if (!startsEntry(cursor)) throw new NotSimple();
  return { key, key_at, value: readMap(cursor, next, depth + 1) };
}

/** Leaves the cursor at the colon. */
function readKey(cursor: Cursor): string {
  const offset = cursor.index;
  let key: string;
  if (cursor.is('"') || cursor.is("'")) {
    key = readQuoted(cursor, Number.POSITIVE_INFINITY);
    cursor.skipSpaces();
  } else {
    keyStart.lastIndex = offset;
    plainKey.lastIndex = offset;
    const match = keyStart.test(cursor.text) ? plainKey.exec(cursor.text) : null;
    if (match === null) throw new NotSimple();
    cursor.index += match[0].length;
    key = match[0].trimEnd();
  }
  const follows = cursor.text[cursor.index + 1];
  if (!cursor.is(':') || (follows !== ' ' && follows !== '\n')) throw new NotSimple();
  if (key === '' || cursor.index - offset > key_chars_max) throw new NotSimple();
  return key;
}

/** Longer keys are an error in YAML. */
const key_chars_max = 1_000;

/** Whether a key and its colon stand here. */
function startsEntry(cursor: Cursor): boolean {
  const { index } = cursor;
  if (cursor.is('"') || cursor.is("'")) {
    readQuoted(cursor, Number.POSITIVE_INFINITY);
    cursor.skipSpaces();
  } else {
    plainKey.lastIndex = index;
    cursor.index += plainKey.exec(cursor.text)?.[0].length ?? 0;
  }
  const found = cursor.is(': ') || cursor.is(':\n');
  cursor.index = index;
  return found;
}

/** What stands after a key or a dash on the same line. */
function readInline(cursor: Cursor, indent: number, depth: number): YamlNode {
  if (cursor.is('[') || cursor.is('{')) {
    const node = readFlow(cursor, indent, depth);
    cursor.endLine();
    return node;
  }
  cursor.enter(depth);
  const offset = cursor.index;
  if (cursor.is('|') || cursor.is('>')) {
    const at = cursor.at(offset);
    const source = readBlockScalar(cursor, indent);
    return { kind: 'scalar', value: source, source, at };
  }
  const quoted = cursor.is('"') || cursor.is("'");
  const source = quoted ? readQuoted(cursor, indent) : readPlainLines(cursor, indent);
  if (quoted) cursor.endLine();
  return cursor.scalar(source, !quoted, offset);
}

/** Lines of `- item` at one indentation; the cursor stands at the start of the first line. */
function readList(cursor: Cursor, indent: number, depth: number): YamlNode {
  cursor.enter(depth);
  const at = cursor.at(cursor.index + indent);
  const items: YamlNode[] = [];
  for (let next = indent; next === indent; next = cursor.nextLine()) {
    const line = cursor.index;
    cursor.index += indent;
    if (!cursor.is('- ')) {
      cursor.index = line;
      break;
    }
    cursor.index += 1;
    cursor.skipSpaces();
    if (cursor.is('\n') || cursor.is('#') || cursor.is('- ')) throw new NotSimple();
    const bracket = cursor.is('[') || cursor.is('{') || cursor.is('|') || cursor.is('>');
    const map = !bracket && startsEntry(cursor);
    items.push(map ? readMap(cursor, cursor.index - line, depth + 1) : readInline(cursor, indent, depth + 1));
    const after = cursor.nextLine();
    if (after > indent) throw new NotSimple();
  }
  return { kind: 'list', items, at };
}
