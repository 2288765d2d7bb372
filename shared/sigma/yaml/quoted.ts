import { type Cursor, NotSimple } from './cursor.ts';

/** Reads a text in quotes; the cursor stands at the opening one. A line break in it stands for a space. */
export function readQuoted(cursor: Cursor, indent: number): string {
  return cursor.is('"') ? readDouble(cursor, indent) : readSingle(cursor, indent);
}

function readSingle(cursor: Cursor, indent: number): string {
  let result = '';
  for (let from = cursor.index + 1; ; ) {
    const end = cursor.text.indexOf("'", from);
    if (end < 0) throw new NotSimple();
    result += folded(cursor.text.slice(from, end), indent);
    if (cursor.text[end + 1] !== "'") {
      cursor.index = end + 1;
      return result;
    }
    // A line break beside an escape would have to be folded with what stands on both sides.
    if (cursor.text[from] === '\n' || cursor.text[end - 1] === '\n') throw new NotSimple();
    result += "'";
    from = end + 2;
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['/', '/'],
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function readDouble(cursor: Cursor, indent: number): string {
  const { text } = cursor;
  let end = cursor.index + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) throw new NotSimple();
  const raw = text.slice(cursor.index + 1, end);
  cursor.index = end + 1;
  if (!raw.includes('\\')) return folded(raw, indent);
  if (raw.includes('\n')) throw new NotSimple();
  return raw.replaceAll(/\\(.)/gu, (_, character: string) => {
    const meant = escapes.get(character);
    if (meant === undefined) throw new NotSimple();
    return meant;
  });
}

/** Lines as one, with a space between; empty lines, and lines less indented than they must be, are not simple. */
export function folded(text: string, indent: number): string {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n');
  return lines
    .map((line, number) => {
      const trimmed = number === 0 ? line : line.trimStart();
      const indented = number === 0 || line.length - trimmed.length > indent;
      if (!indented || (trimmed === '' && number !== lines.length - 1 && number !== 0)) throw new NotSimple();
      return number === lines.length - 1 ? trimmed : trimmed.trimEnd();
    })
    .join(' ');
}
