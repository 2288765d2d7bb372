import type { KeyObject } from 'node:crypto';
import { createNoteSigner, keyMaterial } from '../note.ts';

/**
 * The note that says which key follows which: signed by the old key, which is trusted, and by the new one, which shows
 * that it is there. Between `from_s` and `until_s` (seconds since the epoch) both sign checkpoints.
 */
export function rotationNote(
  operator: string,
  old: KeyObject,
  next: KeyObject,
  from_s: number,
  until_s: number,
): string {
  const [oldKey, nextKey] = [old, next].map((key) => keyMaterial(key).toString('base64'));
  const text = `breakwater-key-rotation/v1\n${operator}\n${from_s} ${until_s}\n${oldKey}\n${nextKey}\n`;
  const signatures = [old, next].map((key) => createNoteSigner(operator, key).sign(text));
  return `${text}\n${signatures.join('')}`;
}
