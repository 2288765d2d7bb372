import { condition_chars_max, condition_depth_max } from '../limits.ts';
import type { Position, Report } from '../problem.ts';
import type { Condition } from './model.ts';

/**
 * Parses a condition: `or` binds weakest, then `and`, `not`, `N of …`, brackets. Operators are whole words, so that an
 * identifier may begin with one. Undefined when it cannot be parsed; the reason is in the report.
 *
 * @param at where the text of the condition begins.
 */
export function parseCondition(text: string, at: Position, report: Report): Condition | undefined {
  if (text.length > condition_chars_max) {
    report.add('condition-syntax', at, `longer than ${condition_chars_max} characters`);
    return undefined;
  }
  const parser = createParser(tokenise(text), at, report);
  return parser.whole();
}

interface Token {
  readonly text: string;
  /** Lower-case operator word, `(`, `)`, or undefined for a name. */
  readonly word: string | undefined;
}

const operators = new Set(['and', 'or', 'not', 'of', 'all', 'any', 'them']);
const tokenPattern = /[()|]|[^\s()|]+/g;

function tokenise(text: string): readonly Token[] {
  return (text.match(tokenPattern) ?? []).map((token) => {
    const lower = token.toLowerCase();
    if (token === '(' || token === ')' || token === '|') return { text: token, word: token };
    return { text: token, word: operators.has(lower) ? lower : undefined };
  });
}

function createParser(tokens: readonly Token[], at: Position, report: Report) {
  let next = 0;
  let failed = false;

  const peek = (): Token | undefined => tokens[next];
  const fail = (message: string): undefined => {
    if (!failed) {
      const code = tokens.some((token) => token.word === '|') ? 'condition-aggregation' : 'condition-syntax';
      report.add(code, at, message);
    }
    failed = true;
    return undefined;
  };
  const accept = (word: string): boolean => {
    const token = peek();
    if (token?.word !== word) return false;
    if (token.text !== word) {
      report.add('condition-extension', at, `${token.text} in upper case`, word);
    }
    next += 1;
    return true;
  };

  function either(depth: number): Condition | undefined {
    return chain('or', () => chain('and', () => negation(depth)));
  }

  function chain(kind: 'and' | 'or', operand: () => Condition | undefined): Condition | undefined {
    const first = operand();
    if (first === undefined) return undefined;
    const terms = [first];
    while (accept(kind)) {
      const term = operand();
      if (term === undefined) return undefined;
      terms.push(term);
    }
    return terms.length === 1 ? first : { kind, terms };
  }

  function negation(depth: number): Condition | undefined {
    if (depth > condition_depth_max) return fail(`nested deeper than ${condition_depth_max}`);
    if (accept('not')) {
      const term = negation(depth + 1);
      return term === undefined ? undefined : { kind: 'not', term };
    }
    if (accept('(')) {
      const inner = either(depth + 1);
      if (inner === undefined) return undefined;
      return accept(')') ? inner : fail('a bracket is not closed');
    }
    return quantified();
  }

  function quantified(): Condition | undefined {
    const token = peek();
    if (token === undefined) return fail('the condition ends where a name is expected');
    if (tokens[next + 1]?.word === 'of') {
      const count = countOf(token, at, report);
      if (count === undefined) return fail(`${token.text} before of: expected 1, any, all or a number`);
      next += 2;
      const pattern = peek();
      if (pattern === undefined || (pattern.word !== undefined && pattern.word !== 'them')) {
        return fail('a pattern is expected after of');
      }
      next += 1;
      return { kind: 'of', count, pattern: pattern.word ?? pattern.text, at };
    }
    if (token.word !== undefined) return fail(`${token.text} where a name is expected`);
    next += 1;
    return { kind: 'identifier', name: token.text, at };
  }

  return {
    whole(): Condition | undefined {
      const condition = either(0);
      if (condition !== undefined && peek() !== undefined)
        return fail(`${peek()?.text} is not expected here`);
      return condition;
    },
  };
}

function countOf(token: Token, at: Position, report: Report): number | 'all' | undefined {
  if (token.word === 'all') return 'all';
  if (token.word === 'any') return 1;
  if (!/^[1-9]\d{0,4}$/.test(token.text)) return undefined;
  const count = Number(token.text);
  if (count !== 1) report.add('condition-extension', at, `${count} of: not in the specification`);
  return count;
}
