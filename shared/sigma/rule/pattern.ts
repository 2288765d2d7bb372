/** Any run of characters, also none, also over line ends: `*`. */
export const anyRun = 0;
/** Exactly one character (Unicode code point): `?`. */
export const anyOne = 1;

/** A Sigma string: literal texts and wildcards in turn; no empty texts, no two texts side by side. */
export type Pattern = readonly PatternPart[];
export type PatternPart = string | typeof anyRun | typeof anyOne;

const escapable = new Set(['\\', '*', '?']);

/**
 * Reads a Sigma string. `*` and `?` are wildcards; a backslash makes a following `*`, `?` or backslash literal; before
 * anything else a backslash is itself. With `placeholders`, `\%` is a literal percent sign too.
 */
export function parsePattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && escapable.has(text.charAt(index + 1))) {
      literal += text.charAt(index + 1);
      index += 1;
    } else if (character === '*' || character === '?') {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(character === '*' ? anyRun : anyOne);
    } else {
      literal += character;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** Puts patterns one after the other, texts that meet become one, runs that meet become one. */
export function joinPatterns(...patterns: readonly Pattern[]): Pattern {
  const joined: PatternPart[] = [];
  for (const part of patterns.flat()) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (!(part === anyRun && last === anyRun) && part !== '') joined.push(part);
  }
  return joined;
}

/** The text of a pattern without wildcards; undefined when it has some. */
export function literalOf(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const [first] = pattern;
  return pattern.length === 1 && typeof first === 'string' ? first : undefined;
}

/** The pattern as one would write it in a rule. */
export function patternText(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === anyRun) return '*';
      if (part === anyOne) return '?';
      return part.replaceAll(/[\\*?]/g, (character) => `\\${character}`);
    })
    .join('');
}

/** How a pattern can be looked for; texts are as in the pattern, not folded. */
export type PatternShape =
  | { readonly kind: 'exact' | 'prefix' | 'suffix' | 'contains'; readonly text: string }
  /** Only `*`. */
  | { readonly kind: 'anything' }
  | { readonly kind: 'glob' };

export function patternShape(pattern: Pattern): PatternShape {
  const literal = literalOf(pattern);
  if (literal !== undefined) return { kind: 'exact', text: literal };
  const [a, b, c] = pattern;
  if (pattern.length === 1 && a === anyRun) return { kind: 'anything' };
  if (pattern.length === 2 && typeof a === 'string' && b === anyRun) return { kind: 'prefix', text: a };
  if (pattern.length === 2 && a === anyRun && typeof b === 'string') return { kind: 'suffix', text: b };
  if (pattern.length === 3 && a === anyRun && typeof b === 'string' && c === anyRun) {
    return { kind: 'contains', text: b };
  }
  return { kind: 'glob' };
}
