import { regex_depth_max, regex_repeat_max, value_chars_max } from '../limits.ts';
import { complement, type CharSet, everything, ignoringCase, newline, setOf } from './char-set.ts';
import { type Cursor, peek, take } from './cursor.ts';
import { createClassReader } from './parse-class.ts';
import { type Assertion, type RegexFlags, type RegexNode, RegexProblem } from './syntax.ts';

/**
 * Parses the common subset of PCRE: literals, classes, groups, alternatives, repetition, anchors, `\b`, inline flags.
 * What needs backtracking (look-around, back-references, atomic groups, possessive repetition) is refused.
 *
 * @throws RegexProblem
 */
export function parseRegex(pattern: string, flags: RegexFlags): RegexNode {
  if (pattern.length > value_chars_max) throw new RegexProblem('regex-too-large', 'the pattern is too long');
  const cursor: Cursor = { points: Array.from(pattern), index: 0 };
  const node = choice(cursor, { flags }, 0);
  if (cursor.index < cursor.points.length) throw new RegexProblem('regex-syntax', 'a ) without (');
  return node;
}

/** Flags can change in the middle of a group: `(?i)`. */
interface Scope {
  flags: RegexFlags;
}

function choice(cursor: Cursor, scope: Scope, depth: number): RegexNode {
  if (depth > regex_depth_max) throw new RegexProblem('regex-too-large', 'groups are nested too deep');
  const nodes = [sequence(cursor, scope, depth)];
  while (peek(cursor) === '|') {
    cursor.index += 1;
    nodes.push(sequence(cursor, scope, depth));
  }
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { kind: 'choice', nodes };
}

function sequence(cursor: Cursor, scope: Scope, depth: number): RegexNode {
  const nodes: RegexNode[] = [];
  for (let next = peek(cursor); next !== undefined && next !== '|' && next !== ')'; next = peek(cursor)) {
    const node = atom(cursor, scope, depth);
    if (node !== undefined) nodes.push(quantified(node, cursor));
  }
  return { kind: 'sequence', nodes };
}

/** Undefined for what matches nothing of its own, such as `(?i)`. */
function atom(cursor: Cursor, scope: Scope, depth: number): RegexNode | undefined {
  const character = take(cursor);
  switch (character) {
    case '(':
      return group(cursor, scope, depth);
    case '[':
      return { kind: 'set', set: cased(createClassReader(cursor).bracket(), scope) };
    case '.':
      return { kind: 'set', set: scope.flags.s ? everything : complement(newline) };
    case '^':
      return assertion(scope.flags.m ? 'line_start' : 'text_start');
    case '$':
      return assertion(scope.flags.m ? 'line_end' : 'text_end_or_last_newline');
    case '\\':
      return escape(cursor, scope);
    case '*':
    case '+':
    case '?':
      throw new RegexProblem('regex-syntax', `${character} has nothing to repeat`);
    default:
      return { kind: 'set', set: cased(setOf(character.codePointAt(0) ?? 0), scope) };
  }
}

const assertions: ReadonlyMap<string, Assertion> = new Map([
  ['b', 'word_boundary'],
  ['B', 'not_word_boundary'],
  ['A', 'text_start'],
  ['z', 'text_end'],
  ['Z', 'text_end_or_last_newline'],
]);

function escape(cursor: Cursor, scope: Scope): RegexNode {
  const found = assertions.get(peek(cursor) ?? '');
  if (found !== undefined) {
    cursor.index += 1;
    return assertion(found);
  }
  return { kind: 'set', set: cased(createClassReader(cursor).escape(), scope) };
}

function group(cursor: Cursor, scope: Scope, depth: number): RegexNode | undefined {
  const inner: Scope = { flags: scope.flags };
  if (peek(cursor) === '?') {
    cursor.index += 1;
    if (flagsOnly(cursor, scope, inner)) return undefined;
  }
  const node = choice(cursor, inner, depth + 1);
  if (take(cursor) !== ')') throw new RegexProblem('regex-syntax', 'a ( without )');
  return node;
}

/** After `(?`: true when the group only sets flags of the enclosing scope. */
function flagsOnly(cursor: Cursor, scope: Scope, inner: Scope): boolean {
  const rest = cursor.points.slice(cursor.index, cursor.index + 64).join('');
  const named = /^P?<([A-Za-z_]\w*)>/.exec(rest);
  const flags = /^([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/.exec(rest);
  if (named !== null) {
    cursor.index += named[0].length;
    return false;
  }
  if (flags === null) throw new RegexProblem('regex-unsupported', 'look-around, atomic or conditional group');
  inner.flags = changed(scope.flags, flags[1] ?? '', flags[2] ?? '');
  cursor.index += flags[0].length;
  if (flags[3] === ':') return false;
  scope.flags = inner.flags;
  return true;
}

function changed(flags: RegexFlags, on: string, off: string): RegexFlags {
  const result = { ...flags };
  for (const [letters, value] of [
    [on, true],
    [off, false],
  ] as const) {
    for (const letter of letters) {
      if (letter !== 'i' && letter !== 'm' && letter !== 's') {
        throw new RegexProblem('regex-unsupported', `inline flag ${letter}`);
      }
      result[letter] = value;
    }
  }
  return result;
}

function quantified(node: RegexNode, cursor: Cursor): RegexNode {
  let result = node;
  for (let range = quantifier(cursor); range !== undefined; range = quantifier(cursor)) {
    const [min, max] = range;
    if (min > regex_repeat_max || (max ?? 0) > regex_repeat_max) {
      throw new RegexProblem('regex-too-large', `a repetition of more than ${regex_repeat_max}`);
    }
    if (max !== undefined && max < min)
      throw new RegexProblem('regex-syntax', `{${min},${max}} is the wrong way round`);
    if (peek(cursor) === '+') throw new RegexProblem('regex-unsupported', 'possessive repetition');
    // Lazy or greedy makes no difference to whether there is a match.
    if (peek(cursor) === '?') cursor.index += 1;
    result = { kind: 'repeat', node: result, min, max };
  }
  return result;
}

function quantifier(cursor: Cursor): readonly [number, number | undefined] | undefined {
  const simple = { '*': [0, undefined], '+': [1, undefined], '?': [0, 1] } as const;
  const next = peek(cursor);
  if (next === '*' || next === '+' || next === '?') {
    cursor.index += 1;
    return simple[next];
  }
  if (next !== '{') return undefined;
  const match = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(
    cursor.points.slice(cursor.index, cursor.index + 24).join(''),
  );
  if (match === null) return undefined;
  cursor.index += match[0].length;
  const min = Number(match[1]);
  if (match[2] === undefined) return [min, min];
  return [min, match[3] === '' || match[3] === undefined ? undefined : Number(match[3])];
}

function cased(set: CharSet, scope: Scope): CharSet {
  return scope.flags.i ? ignoringCase(set) : set;
}

function assertion(kind: Assertion): RegexNode {
  return { kind: 'assertion', assertion: kind };
}
