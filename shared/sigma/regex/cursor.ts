import { RegexProblem } from './syntax.ts';

/** A place in a pattern that readers move forward. */
export interface Cursor {
  readonly points: readonly string[];
  index: number;
}

/** The next character; undefined at the end. */
export function peek(cursor: Cursor): string | undefined {
  return cursor.points[cursor.index];
}

/**
 * The next character, passed over.
 *
 * @throws RegexProblem at the end of the pattern.
 */
export function take(cursor: Cursor): string {
  const character = cursor.points[cursor.index];
  if (character === undefined) throw new RegexProblem('regex-syntax', 'the pattern ends too early');
  cursor.index += 1;
  return character;
}
