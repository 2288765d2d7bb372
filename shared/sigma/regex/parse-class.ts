import {
  type CharSet,
  complement,
  digits,
  horizontalSpace,
  posixClasses,
  setOf,
  space,
  union,
  word,
} from './char-set.ts';
import { type Cursor, take } from './cursor.ts';
import { RegexProblem } from './syntax.ts';

const classes: ReadonlyMap<string, CharSet> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', word],
  ['W', complement(word)],
  ['s', space],
  ['S', complement(space)],
  ['h', horizontalSpace],
  ['H', complement(horizontalSpace)],
]);

const controls: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['a', 0x07],
  ['e', 0x1b],
  ['0', 0x00],
]);

/** Reads `[…]` and escapes; the cursor stands after the `[` or the backslash. */
export function createClassReader(cursor: Cursor) {
  function escape(): CharSet {
    const character = take(cursor);
    const known = classes.get(character);
    if (known !== undefined) return known;
    const control = controls.get(character);
    if (control !== undefined) return setOf(control);
    if (character === 'x' || character === 'u') return setOf(hexadecimal(character));
    if (character === 'k' || /[1-9]/.test(character))
      throw new RegexProblem('regex-unsupported', 'a back-reference');
    if (/[A-Za-z]/.test(character)) throw new RegexProblem('regex-unsupported', `the escape \\${character}`);
    return setOf(character.codePointAt(0) ?? 0);
  }

  function hexadecimal(kind: 'x' | 'u'): number {
    const rest = cursor.points.slice(cursor.index, cursor.index + 10).join('');
    const match =
      /^\{([0-9a-fA-F]{1,6})\}/.exec(rest) ??
      (kind === 'x' ? /^([0-9a-fA-F]{2})/ : /^([0-9a-fA-F]{4})/).exec(rest);
    const point = Number.parseInt(match?.[1] ?? '', 16);
    if (match === null || point > 0x10ffff)
      throw new RegexProblem('regex-syntax', `\\${kind} needs hexadecimal digits`);
    cursor.index += match[0].length;
    return point;
  }

  /** One member: a character's code point, or a set for a class. */
  function member(): number | CharSet {
    const character = take(cursor);
    if (character === '[' && cursor.points[cursor.index] === ':') return posix();
    if (character !== '\\') return character.codePointAt(0) ?? 0;
    // Within a class \b is the backspace.
    if (cursor.points[cursor.index] === 'b') {
      cursor.index += 1;
      return 0x08;
    }
    const set = escape();
    return set.length === 2 && set[0] === set[1] ? (set[0] ?? 0) : set;
  }

  function posix(): CharSet {
    const match = /^:(\^?)([a-z]+):\]/.exec(cursor.points.slice(cursor.index, cursor.index + 16).join(''));
    const set = posixClasses.get(match?.[2] ?? '');
    if (match === null || set === undefined) throw new RegexProblem('regex-syntax', 'an unknown class [: :]');
    cursor.index += match[0].length;
    return match[1] === '^' ? complement(set) : set;
  }

  function bracket(): CharSet {
    const negated = cursor.points[cursor.index] === '^';
    if (negated) cursor.index += 1;
    const sets: CharSet[] = [];
    for (let first = true; first || cursor.points[cursor.index] !== ']'; first = false) sets.push(range());
    cursor.index += 1;
    return negated ? complement(union(sets)) : union(sets);
  }

  function range(): CharSet {
    const low = member();
    const dash = cursor.points[cursor.index] === '-' && cursor.points[cursor.index + 1] !== ']';
    if (typeof low !== 'number' || !dash) return typeof low === 'number' ? setOf(low) : low;
    cursor.index += 1;
    const high = member();
    // [a-\d]: the dash is a dash.
    if (typeof high !== 'number') return union([setOf(low, 0x2d), high]);
    if (high < low) throw new RegexProblem('regex-syntax', 'a range in a class is the wrong way round');
    return [low, high];
  }

  return { bracket, escape };
}
