import { event_depth_max, keyword_leaves_max } from '../limits.ts';

/**
 * Visits every text of a document, never keys, until `visit` returns true. Text under the key `original` that is JSON
 * is passed over: it repeats the event and would bring its keys along. At most `keyword_leaves_max` texts.
 */
export function visitTexts(document: unknown, visit: (text: string) => boolean): boolean {
  return descend(document, '', { visit, leaves: keyword_leaves_max }, 0);
}

interface Visit {
  readonly visit: (text: string) => boolean;
  leaves: number;
}

function descend(value: unknown, key: string, state: Visit, depth: number): boolean {
  if (typeof value === 'string') {
    if (state.leaves <= 0 || (key === 'original' && isJsonText(value))) return false;
    state.leaves -= 1;
    return state.visit(value);
  }
  if (typeof value !== 'object' || value === null || depth > event_depth_max) return false;
  if (Array.isArray(value)) {
    for (const element of value) if (descend(element, key, state, depth + 1)) return true;
    return false;
  }
  for (const [name, child] of Object.entries(value)) if (descend(child, name, state, depth + 1)) return true;
  return false;
}

function isJsonText(text: string): boolean {
  const first = text.charAt(0);
  return first === '{' || first === '[';
}
