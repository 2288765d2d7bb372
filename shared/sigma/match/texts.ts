import { event_depth_max, keyword_leaves_max } from '../limits.ts';
import { isRecord } from './value.ts';

/** What we add to every event: copies, and words about the event that are not in it. */
const bookkeeping: ReadonlySet<string> = new Set(['breakwater', 'data_stream', 'ecs', 'related']);

/**
 * Visits every text of a document, never keys, until `visit` returns true. Not what we add to every event, nor text
 * under the key `original` that is JSON: it repeats the event and would bring its keys along. At most
 * `keyword_leaves_max` texts.
 */
export function visitTexts(document: unknown, visit: (text: string) => boolean): boolean {
  const state = { visit, leaves: keyword_leaves_max };
  if (!isRecord(document)) return descend(document, state, 0);
  for (const key in document) {
    if (!bookkeeping.has(key) && visitEntry(key, document[key], state, 0)) return true;
  }
  return false;
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
    for (const key in value) if (visitEntry(key, value[key], state, depth)) return true;
  }
  return false;
}

function visitEntry(key: string, value: unknown, state: Visit, depth: number): boolean {
  if (typeof value === 'string') {
    return !(key === 'original' && isJsonText(value)) && visitText(value, state);
  }
  return typeof value === 'object' && descend(value, state, depth + 1);
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
