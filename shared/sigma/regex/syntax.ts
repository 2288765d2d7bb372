import type { CharSet } from './char-set.ts';

/** A regular expression as a tree. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number | undefined;
    }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

/** Conditions on a place between two characters. */
export type Assertion =
  | 'text_start'
  | 'text_end'
  /** The end, or before a line end that ends the text: `$`. */
  | 'text_end_or_last_newline'
  | 'line_start'
  | 'line_end'
  | 'word_boundary'
  | 'not_word_boundary';

export interface RegexFlags {
  /** Ignore case. */
  readonly i: boolean;
  /** `^` and `$` at line ends. */
  readonly m: boolean;
  /** `.` matches line ends. */
  readonly s: boolean;
}

/** Why a pattern cannot be used. */
export class RegexProblem extends Error {
  readonly code: 'regex-syntax' | 'regex-unsupported' | 'regex-too-large';

  constructor(code: RegexProblem['code'], message: string) {
    super(message);
    this.name = 'RegexProblem';
    this.code = code;
  }
}
