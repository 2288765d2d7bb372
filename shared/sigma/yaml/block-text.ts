import { type Cursor, NotSimple } from './cursor.ts';

const plainStart = /[^-?:,[\]{}#&*!|>'"%@` \n]|[-?:](?=[^ \n])/y;
const plainLine = /(?:[^\n:#]|:(?![ \n]|$)|(?<! )#)+/y;

/**
 * Reads a text without quotes, with the lines that go on with it: they are indented more than `indent`. Leaves the
 * cursor at the start of the line after it.
 */
export function readPlainLines(cursor: Cursor, indent: number): string {
  plainStart.lastIndex = cursor.index;
  if (!plainStart.test(cursor.text)) throw new NotSimple();
  const lines: string[] = [];
  for (;;) {
    plainLine.lastIndex = cursor.index;
    const match = plainLine.exec(cursor.text);
    if (match === null) throw new NotSimple();
    cursor.index += match[0].trimEnd().length;
    lines.push(match[0].trimEnd());
    const commented =
      cursor.lineEnd() > cursor.index && cursor.text.slice(cursor.index, cursor.lineEnd()).trim() !== '';
    cursor.endLine();
    const start = cursor.index;
    cursor.skipSpaces();
    const deeper = cursor.index - start > indent;
    if (!deeper || cursor.is('\n') || cursor.is('#') || cursor.index >= cursor.text.length) {
      // An empty line may be part of the text.
      const next = deeper || cursor.is('\n') || cursor.is('#') ? cursor.nextLine() : 0;
      if (next > indent) throw new NotSimple();
      cursor.index = next < 0 ? cursor.text.length : start;
      return lines.join(' ');
    }
    if (commented) throw new NotSimple();
  }
}

/** Reads `|`, `|-`, `>` or `>-` and the lines below it that are indented more than `indent`. */
export function readBlockScalar(cursor: Cursor, indent: number): string {
  const header = cursor.text.slice(cursor.index, cursor.lineEnd()).trimEnd();
  if (!/^[|>]-?$/.test(header)) throw new NotSimple();
  cursor.index = cursor.lineEnd() + 1;
  const lines: string[] = [];
  let width = 0;
  while (cursor.index < cursor.text.length) {
    const line = cursor.text.slice(cursor.index, cursor.lineEnd());
    const text = line.trimStart();
    if (text !== '') {
      const own = line.length - text.length;
      if (own <= indent) break;
      if (width === 0) width = own;
      if (own < width) throw new NotSimple();
    } else if (line !== '') throw new NotSimple();
    lines.push(line.slice(width));
    cursor.index = Math.min(cursor.text.length, cursor.lineEnd() + 1);
  }
  while (lines.at(-1) === '') lines.pop();
  if (lines.length === 0 || lines[0] === '') throw new NotSimple();
  const body = header.startsWith('|') ? lines.join('\n') : joinFolded(lines);
  return header.endsWith('-') ? body : `${body}\n`;
}

/** Lines as one, with a space between; empty lines stand for line ends. */
function joinFolded(lines: readonly string[]): string {
  let body = '';
  let empty = 0;
  for (const [number, line] of lines.entries()) {
    if (line.startsWith(' ') || line.endsWith(' ')) throw new NotSimple();
    if (line === '') {
      empty += 1;
      continue;
    }
    if (number > 0) body += empty === 0 ? ' ' : '\n'.repeat(empty);
    body += line;
    empty = 0;
  }
  return body;
}
