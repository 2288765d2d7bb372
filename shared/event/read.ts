import { isJsonObject, isList, type JsonObject, type JsonValue } from './json.ts';

/**
 * Typed readers for formats. What tools write for "nothing" is absent: a missing key, null, `""`, `"-"`, `"<NA>"`,
 * `"N/A"`, `"<nil>"`, `"<none>"`, an empty list or object. `undefined` is the only absent value they return.
 */

function isAbsentText(value: string): boolean {
  // By length first: of most texts, none has to be compared.
  switch (value.length) {
    case 0:
      return true;
    case 1:
      return value === '-';
    case 3:
      return value === 'N/A';
    case 4:
      return value === '<NA>';
    case 5:
      return value === '<nil>';
    case 6:
      return value === '<none>';
    default:
      return false;
  }
}

/** A string, or the decimal text of a number. */
export function text(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value.length < 7 && isAbsentText(value) ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** A safe integer, from a number or decimal text (protojson and osquery quote them). */
export function integer(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 17 || !/^-?\d+$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The exact decimal text of an integer of any size. */
export function integerText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.length <= 40 && /^-?\d+$/.test(value) ? value : undefined;
}

/** A finite number, from a number or its text. */
export function number(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || isAbsentText(value) || value.length > 40) return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) && value.trim() !== '' ? parsed : undefined;
}

/** A boolean, or the words `true` and `false`. */
export function boolean(value: JsonValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/** An object with at least one key. */
export function object(value: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const _ in value) return value;
  return undefined;
}

const nothing: readonly never[] = [];

/** The items of a list; none when it is absent or something else. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : nothing;
}

/** The objects among the items of a list. */
export function objects(value: JsonValue | undefined): readonly JsonObject[] {
  if (!isList(value) || value.length === 0) return nothing;
  return value.every(isJsonObject) ? value : value.filter(isJsonObject);
}

/** The texts of a list, without absent ones; a lone text is a list of one. Undefined when none remains. */
export function texts(value: JsonValue | undefined): readonly string[] | undefined {
  if (!isList(value)) {
    const single = text(value);
    return single === undefined ? undefined : [single];
  }
  if (value.length > 0 && isTextList(value)) return value;
  const found: string[] = [];
  for (const item of value) {
    const one = text(item);
    if (one !== undefined) found.push(one);
  }
  return found.length === 0 ? undefined : found;
}

/** Most lists hold texts alone, and none that stands for nothing: they are not copied. */
function isTextList(items: readonly JsonValue[]): items is readonly string[] {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (typeof item !== 'string' || (item.length < 7 && isAbsentText(item))) return false;
  }
  return true;
}

/** The value at a path of keys; undefined when a step is not an object or has no such key. */
export function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const key of path) {
    if (!isJsonObject(current)) return undefined;
    current = own(current, key);
  }
  return current;
}

/** The value of a key that may come from data, such as a label name: inherited names are not found. */
export function own(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
