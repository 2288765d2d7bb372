import { quoteUnsafeNumbers } from './unsafe-numbers.ts';

/** JSON as the pipeline reads it: integers beyond 2^53 arrive as their exact decimal text, never rounded. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Largest text that is parsed: what the raw topics accept (`max.message.bytes`). */
export const json_bytes_max = 8 * 1024 * 1024;
/** Deepest nesting that is accepted; Kubernetes objects and SBOMs stay below 30. */
export const json_depth_max = 64;

/** Why a text is not usable JSON. */
export type JsonProblem = 'json.empty' | 'json.too_large' | 'json.too_deep' | 'json.syntax';

export type ParsedJson =
  | {
      readonly kind: 'ok';
      readonly value: JsonValue;
      /** What was parsed, decoded: bytes that are not UTF-8 became U+FFFD. */
      readonly text: string;
    }
  | { readonly kind: 'invalid'; readonly problem: JsonProblem; readonly detail: string };

/**
 * Parses one JSON text without losing digits: an integer beyond 2^53, or a decimal that a double can't hold, becomes
 * its exact text. Of duplicate keys the last wins; `__proto__` is an ordinary own key. Never throws.
 */
export function parseJson(source: Buffer | string): ParsedJson {
  if (source.length > json_bytes_max) {
    return invalid('json.too_large', `${source.length} bytes, at most ${json_bytes_max}`);
  }
  const text = typeof source === 'string' ? source : source.toString('utf8');
  const value = parseLossless(text);
  if (value === undefined) {
    return text.trim() === ''
      ? invalid('json.empty', 'no content')
      : invalid('json.syntax', syntaxDetail(text));
  }
  if (isDeeperThan(value, json_depth_max)) {
    return invalid('json.too_deep', `more than ${json_depth_max} levels`);
  }
  return { kind: 'ok', value, text };
}

/**
 * The value of a JSON text that came inside a string field, such as an annotation; undefined when it is not JSON or
 * too deep.
 */
export function parseEmbedded(text: string): JsonValue | undefined {
  const parsed = parseJson(text);
  return parsed.kind === 'ok' ? parsed.value : undefined;
}

function parseLossless(text: string): JsonValue | undefined {
  const quoted = quoteUnsafeNumbers(text, 'quick');
  const value = tryParse(quoted);
  if (value !== undefined || quoted === text) return value;
  // The quick look may quote digits inside a string; that never parses, so the text is read again with care.
  return tryParse(quoteUnsafeNumbers(text, 'careful'));
}

function tryParse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function syntaxDetail(text: string): string {
  try {
    JSON.parse(text);
    return 'not JSON';
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'not JSON';
  }
}

function invalid(problem: JsonProblem, detail: string): ParsedJson {
  return { kind: 'invalid', problem, detail };
}

/** Whether containers nest more than `levels` deep; stops there, so it is safe on hostile input. */
function isDeeperThan(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      if (typeof item === 'object' && item !== null && isDeeperThan(item, levels - 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    const item = value[key];
    if (typeof item === 'object' && item !== null && isDeeperThan(item, levels - 1)) return true;
  }
  return false;
}

/** Tells a list from an object; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
