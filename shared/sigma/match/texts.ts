import { event_depth_max, keyword_leaves_max } from '../limits.ts';
import { isRecord } from './value.ts';

/**
 * Visits every text of a document, never keys, until `visit` returns true. Text under the key `original` that is JSON
 * is passed over: it repeats the event and would bring its keys along. At most `keyword_leaves_max` texts.
 */
export function visitTexts(document: unknown, visit: (text: string) => boolean): boolean {
  return descend(document, { visit, leaves: keyword_leaves_max }, 0);
}

interface Visit {
  readonly visit: (text: string) => boolean;
  leaves: number;
}

function descend(value: unknown, state: Visit, depth: number): boolean {
  if (typeof value === 'string') return visitText(value, state);
  if (depth > event_depth_max) return false;
  if (Array.isArray(value)) {
    for (const element of value) if (descend(element, state, depth + 1)) return true;
  } else if (isRecord(value)) {
    for (const key in value) {
      const child = value[key];
      if (typeof child !== 'string') {
        if (typeof child === 'object' && descend(child, state, depth + 1)) return true;
      } else if (!(key === 'original' && isJsonText(child)) && visitText(child, state)) return true;
    }
  }
  return false;
}

function visitText(text: string, state: Visit): boolean {
  if (state.leaves <= 0) return false;
  state.leaves -= 1;
  return state.visit(text);
}

function isJsonText(text: string): boolean {
  const first = text.charAt(0);
  return first === '{' || first === '[';
}
