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
 * its exact text. One is excepted: a decimal that rounds to Linux's "no user", 4294967295, is read as that number. Of
 * duplicate keys the last wins; `__proto__` is an ordinary own key. Never throws.
 */
export function parseJson(source: Buffer | string): ParsedJson {
  if (source.length > json_bytes_max) {
    return invalid('json.too_large', `${source.length} bytes, at most ${json_bytes_max}`);
  }
  const text = typeof source === 'string' ? source : source.toString('utf8');
  const isExact = expectsRounding;
  const value = isExact ? parseExactly(text, undefined) : tryParse(text);
  if (value === undefined) {
    return text.trim() === ''
      ? invalid('json.empty', 'no content')
      : invalid('json.syntax', syntaxDetail(text));
  }
  const trait = traitOf(value, json_depth_max);
  if (trait === 'deep') return invalid('json.too_deep', `more than ${json_depth_max} levels`);
  if (trait === 'plain' || isExact) return { kind: 'ok', value, text };
  return { kind: 'ok', value: parseExactly(text, value) ?? value, text };
}

/**
 * The value of a JSON text that came inside a string field, such as an annotation; undefined when it is not JSON or
 * too deep.
 */
export function parseEmbedded(text: string): JsonValue | undefined {
  const parsed = parseJson(text);
  return parsed.kind === 'ok' ? parsed.value : undefined;
}

/**
 * Whether the last text held numbers that doubles do not: a sensor that writes them does so in every record, and is
 * then read exactly at once. Others are read plainly, and again only if they show large numbers.
 */
let expectsRounding = false;

/** @param plain what `JSON.parse` makes of the text, if that is known: then it is only parsed if it differs */
function parseExactly(text: string, plain: JsonValue | undefined): JsonValue | undefined {
  const quoted = quoteUnsafeNumbers(text, 'quick');
  expectsRounding = quoted !== text;
  if (!expectsRounding) return plain ?? tryParse(text);
  // The quick look may quote digits inside a string; that never parses, so the text is read again with care.
  return tryParse(quoted) ?? tryParse(quoteUnsafeNumbers(text, 'careful'));
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

/** `deep`: containers nest deeper than allowed; `large`: it holds a number that may have been rounded. */
type Trait = 'plain' | 'large' | 'deep';

/** From here on, nine digits before the point, `quoteUnsafeNumbers` may have to do. */
const large_number_min = 1e8;
/** How Linux writes "no user": some sensors do so in every record. No clock shows that second before the year 2106. */
const unset_user = 4_294_967_295;

/** Stops at the first level too deep, so it is safe on hostile input. */
function traitOf(value: JsonValue, levels: number): Trait {
  if (typeof value === 'number') return isLarge(value) ? 'large' : 'plain';
  if (typeof value !== 'object' || value === null) return 'plain';
  if (levels === 0) return 'deep';
  let found: Trait = 'plain';
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      const trait = memberTrait(value[index], levels);
      if (trait === 'deep') return trait;
      if (trait === 'large') found = trait;
    }
    return found;
  }
  for (const key in value) {
    const trait = memberTrait(value[key], levels);
    if (trait === 'deep') return trait;
    if (trait === 'large') found = trait;
  }
  return found;
}

/** Most members are texts, which are not worth a call. */
function memberTrait(member: JsonValue | undefined, levels: number): Trait {
  if (typeof member === 'object' && member !== null) return traitOf(member, levels - 1);
  return typeof member === 'number' && isLarge(member) ? 'large' : 'plain';
}

function isLarge(number: number): boolean {
  return (number >= large_number_min && number !== unset_user) || number <= -large_number_min;
}

/** Tells a list from an object; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
