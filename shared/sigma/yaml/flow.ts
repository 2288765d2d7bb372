import { addEntry, type Cursor, NotSimple } from './cursor.ts';
import type { YamlEntry, YamlMap, YamlNode } from './node.ts';
import { folded, readQuoted } from './quoted.ts';

/** Reads `[…]` or `{…}`; the cursor stands at the bracket. Lines must be indented more than `indent`. */
export function readFlow(cursor: Cursor, indent: number, depth: number): YamlNode {
  cursor.enter(depth);
  const at = cursor.at(cursor.index);
  const map = cursor.is('{');
  cursor.index += 1;
  if (map) return readMap(cursor, at, indent, depth);
  const items: YamlNode[] = [];
  for (skip(cursor, indent); !cursor.is(']'); separate(cursor, ']', indent)) {
    items.push(readValue(cursor, indent, depth + 1));
  }
  cursor.index += 1;
  return { kind: 'list', items, at };
}

function readMap(cursor: Cursor, at: YamlMap['at'], indent: number, depth: number): YamlMap {
  const entries: YamlEntry[] = [];
  const keys = new Set<string>();
  for (skip(cursor, indent); !cursor.is('}'); separate(cursor, '}', indent)) {
    const offset = cursor.index;
    const quoted = cursor.is('"') || cursor.is("'");
    const key = quoted ? readQuoted(cursor, indent) : readPlain(cursor, indent);
    if (!cursor.is(':') || cursor.text.slice(offset, cursor.index).includes('\n')) throw new NotSimple();
    cursor.index += 1;
    if (!quoted && !/[ \n]/.test(cursor.text[cursor.index] ?? '')) throw new NotSimple();
    const key_at = cursor.at(offset);
    skip(cursor, indent);
    addEntry(entries, keys, { key, key_at, value: readValue(cursor, indent, depth + 1) });
  }
  cursor.index += 1;
  return { kind: 'map', entries, at };
}

function readValue(cursor: Cursor, indent: number, depth: number): YamlNode {
  if (cursor.is('[') || cursor.is('{')) return readFlow(cursor, indent, depth);
  cursor.enter(depth);
  const offset = cursor.index;
  const quoted = cursor.is('"') || cursor.is("'");
  const source = quoted ? readQuoted(cursor, indent) : readPlain(cursor, indent);
  const { index } = cursor;
  const node = cursor.scalar(source, !quoted, offset);
  cursor.index = index;
  return node;
}

/** A comma and what follows it, or the end. */
function separate(cursor: Cursor, end: string, indent: number): void {
  skip(cursor, indent);
  if (cursor.is(end)) return;
  if (!cursor.is(',')) throw new NotSimple();
  cursor.index += 1;
  skip(cursor, indent);
}

/** Spaces and line ends; comments are not simple. */
function skip(cursor: Cursor, indent: number): void {
  for (cursor.skipSpaces(); cursor.is('\n'); cursor.skipSpaces()) {
    const start = cursor.index + 1;
    cursor.index = start;
    cursor.skipSpaces();
    if (cursor.index - start <= indent || cursor.is('\n')) throw new NotSimple();
  }
}

/** Up to a bracket, a comma, or the colon of a key; what begins it must not mean something else. */
const plainText =
  /(?:[^\n[\]{},:# ]|:(?![ \n[\]{},])|(?<! )#| +(?![ \n#]))+(?: *\n +(?:[^\n[\]{},:# ]|:(?![ \n[\]{},])|(?<! )#| +(?![ \n#]))+)*/y;
const plainStart = /[^-?:,[\]{}#&*!|>'"%@` \n]|[-?:](?=[^ \n,[\]{}])/y;

function readPlain(cursor: Cursor, indent: number): string {
  plainStart.lastIndex = cursor.index;
  if (!plainStart.test(cursor.text)) throw new NotSimple();
  plainText.lastIndex = cursor.index;
  const match = plainText.exec(cursor.text);
  if (match === null) throw new NotSimple();
  const text = match[0].trimEnd();
  cursor.index += text.length;
  const { index } = cursor;
  cursor.skipSpaces();
  if (cursor.is('#')) throw new NotSimple();
  if (!cursor.is(':')) cursor.index = index;
  return folded(text, indent);
}
