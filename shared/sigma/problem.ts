import { type ProblemCode, problemCodes, type Severity } from './problem-codes.ts';

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One finding of the linter. A set of rules with an `error` is refused as a whole. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly message: string;
  readonly at: Position;
  /** What to write instead, when there is one good guess. */
  readonly suggestion?: string | undefined;
}

/** Collects the problems of one load; parsing goes on after a problem, so that one run shows them all. */
export interface Report {
  readonly problems: readonly Problem[];
  add(code: ProblemCode, at: Position, message: string, suggestion?: string): void;
}

/** A report without problems. */
export function createReport(): Report {
  const problems: Problem[] = [];
  // What is compiled more than once, such as a filter for each of its rules, reports once.
  const seen = new Set<string>();
  return {
    problems,
    add(code, at, message, suggestion) {
      const key = `${at.file}:${at.line}:${at.column}:${code}:${message}`;
      if (seen.has(key)) return;
      seen.add(key);
      problems.push({ code, severity: problemCodes[code].severity, message, at, suggestion });
    },
  };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** `file:line:column: severity code: message (try: suggestion)`. */
export function problemText(problem: Problem): string {
  const { file, line, column } = problem.at;
  const suggestion = problem.suggestion === undefined ? '' : ` (try: ${problem.suggestion})`;
  return `${file}:${line}:${column}: ${problem.severity} ${problem.code}: ${problem.message}${suggestion}`;
}
