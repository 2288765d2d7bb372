import { event_depth_max } from '../limits.ts';
import { type FieldValues, isScalar, type Scalar } from './value.ts';

/**
 * Everything that a document has under a dotted name: nested objects, keys that hold the dots themselves, or any
 * mixture; arrays are looked through. Spaces in keys do not count. The slow way, for explanations and as the oracle of
 * the index.
 */
export function readField(document: unknown, field: string): FieldValues {
  const found = { present: false, values: [] };
  descend(document, field, found, 0);
  return found;
}

interface Found {
  present: boolean;
  readonly values: Scalar[];
}

function descend(value: unknown, path: string, found: Found, depth: number): void {
  if (depth > event_depth_max) return;
  if (Array.isArray(value)) {
    for (const element of value) descend(element, path, found, depth + 1);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [rawKey, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const key = rawKey.includes(' ') ? rawKey.replaceAll(' ', '') : rawKey;
    if (key === path) collect(child, found, depth + 1);
    else if (path.startsWith(key) && path.charAt(key.length) === '.') {
      descend(child, path.slice(key.length + 1), found, depth + 1);
    }
  }
}

function collect(value: unknown, found: Found, depth: number): void {
  if (depth > event_depth_max) return;
  found.present = true;
  if (Array.isArray(value)) {
    for (const element of value) collect(element, found, depth + 1);
  } else if (isScalar(value)) found.values.push(value);
}
