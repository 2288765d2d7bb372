import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Malformed } from './malformed.ts';
import { decodeBase64, openNote, type VerifierKey, verifierKeyOf } from './note.ts';
import { readFile } from './tiles.ts';

/**
 * Rotations of the signing key. Each is a signed note: the operator's name, from when and until when both keys sign, the
 * old key and the new one, signed by both. Whoever trusts one key of the chain can tell all others.
 */
export interface Rotation {
  /** The operator's name: what the origins of its logs begin with. */
  readonly name: string;
  /** Key material: the type's byte, then the public key. */
  readonly old: Buffer;
  readonly next: Buffer;
  /** Seconds since the epoch: from when on the new key signs, and until when the old one does. */
  readonly from_s: number;
  readonly until_s: number;
  /** SHA-256 of the note, hex: what the leaf of the rotation names. */
  readonly sha256: string;
}

const form = /^breakwater-key-rotation\/v1\n(\S+)\n(\d{1,15}) (\d{1,15})\n(\S+)\n(\S+)\n$/u;

/** Reads one rotation. @throws Malformed when its form is wrong, or not both keys signed it. */
export function readRotation(bytes: Buffer): Rotation {
  const text = bytes.toString('utf8', 0, bytes.lastIndexOf('\n\n') + 1);
  const [, name = '', from = '', until = '', oldText = '', nextText = ''] = form.exec(text) ?? [];
  if (name === '') throw new Malformed('a key rotation is a name, two times, the old key and the new one');
  const [old, next] = [decodeBase64(oldText, 'the old key'), decodeBase64(nextText, 'the new key')];
  const { verified } = openNote(bytes, [verifierKeyOf(name, old), verifierKeyOf(name, next)]);
  if (verified.length !== 2)
    throw new Malformed('a key rotation is signed by the old key and by the new one');
  if (Number(until) < Number(from)) throw new Malformed('a key rotation ends before it begins');
  return { name, old, next, from_s: Number(from), until_s: Number(until), sha256: hash('sha256', bytes) };
}

/** The rotations in a folder, in order; none when there is no folder. @throws Malformed naming the file that is not one. */
export function readRotations(folder: string): Rotation[] {
  const names = listNotes(folder);
  return names.map((name) => {
    try {
      return readRotation(readFile(`${folder}/${name}`) ?? Buffer.alloc(0));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`${folder}/${name}: ${error.message}`);
    }
  });
}

/** The keys that `trusted` leads to, forwards and backwards, under the name of the log that `trusted` is the key of. */
export function keysOfChain(rotations: readonly Rotation[], trusted: VerifierKey): VerifierKey[] {
  const known = [trusted];
  const isKnown = (key: VerifierKey): boolean => known.some(({ id }) => id === key.id);
  for (const order of [rotations, [...rotations].reverse()]) {
    for (const { old, next } of order) {
      const pair = [verifierKeyOf(trusted.name, old), verifierKeyOf(trusted.name, next)];
      if (pair.some(isKnown)) known.push(...pair.filter((key) => !isKnown(key)));
    }
  }
  return known.slice(1);
}

function listNotes(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.note'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
