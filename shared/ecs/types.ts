import { parseAddress } from '#shared/event/address.ts';
import { isJsonObject, type JsonValue } from '#shared/event/json.ts';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const long_max = 2n ** 63n - 1n;

/** Why a value can't be indexed as a type; undefined when it can. */
export function typeProblem(value: JsonValue, type: string): string | undefined {
  if (value === null) return undefined;
  switch (type) {
    case 'flattened':
    case 'object':
      return isJsonObject(value) ? undefined : 'must be an object';
    case 'long':
      return isLong(value) ? undefined : 'must be an integer';
    case 'float':
    case 'scaled_float':
      return typeof value === 'number' ? undefined : 'must be a number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'ip':
      return typeof value === 'string' && parseAddress(value) !== undefined
        ? undefined
        : 'must be an address';
    case 'date':
    case 'date_nanos':
      return typeof value === 'string' && rfc3339.test(value) ? undefined : 'must be an RFC 3339 time';
    case 'text':
    case 'match_only_text':
      return typeof value === 'string' ? undefined : 'must be a text';
    default:
      return keywordProblem(value);
  }
}

function isLong(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) && BigInt(value) <= long_max;
}

function keywordProblem(value: JsonValue): string | undefined {
  return typeof value === 'string' ? undefined : 'must be a string';
}
