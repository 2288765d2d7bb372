import { item_values_max } from '../limits.ts';
import { anyRun, joinPatterns, parsePattern, type Pattern } from '../rule/pattern.ts';

/** Names of lists with their values; `'*'` stands for any text. What is under the name `*` is for all other names. */
export type Placeholders = ReadonlyMap<string, readonly string[] | '*'>;

export type Expanded =
  | { readonly kind: 'ok'; readonly patterns: readonly Pattern[] }
  | { readonly kind: 'unresolved'; readonly name: string }
  | { readonly kind: 'too_many' };

const placeholderPattern = /(\\?)%([^%\s]+)%/g;

/** Puts every combination of values in the place of `%name%`; `\%` is a percent sign. */
export function expandPlaceholders(text: string, placeholders: Placeholders): Expanded {
  let patterns: readonly Pattern[] = [[]];
  let end = 0;
  const append = (choices: readonly Pattern[]): void => {
    patterns = patterns.flatMap((pattern) => choices.map((choice) => joinPatterns(pattern, choice)));
  };
  for (const match of text.matchAll(placeholderPattern)) {
    const [whole, escaped, name = ''] = match;
    if (escaped === '\\') continue;
    const values = placeholders.get(name) ?? placeholders.get('*');
    if (values === undefined) return { kind: 'unresolved', name };
    append([literal(text.slice(end, match.index))]);
    const choices: readonly Pattern[] = values === '*' ? [[anyRun]] : values.map(parsePattern);
    if (patterns.length * choices.length > item_values_max) return { kind: 'too_many' };
    append(choices);
    end = match.index + whole.length;
  }
  append([literal(text.slice(end))]);
  return { kind: 'ok', patterns };
}

function literal(text: string): Pattern {
  return parsePattern(text.replaceAll('\\%', '%'));
}
