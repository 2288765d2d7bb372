import { createAutomaton } from './automaton.ts';
import { parseRegex } from './parse.ts';
import { compileProgram } from './program.ts';
import { requiredLiterals } from './required.ts';
import type { RegexFlags } from './syntax.ts';

/** A compiled regular expression. */
export interface Regex {
  /** Whether the text holds a match anywhere; time grows linearly with the text. */
  test(text: string): boolean;
  /** Folded texts of which every matching text, folded, holds at least one; undefined when there is no such set. */
  readonly required: readonly string[] | undefined;
}

/** @throws RegexProblem */
export function compileRegex(pattern: string, flags: RegexFlags): Regex {
  const node = parseRegex(pattern, flags);
  const automaton = createAutomaton(compileProgram(node));
  return { test: (text) => automaton.test(text), required: requiredLiterals(node) };
}
