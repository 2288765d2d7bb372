import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyMaterial } from '../note.ts';
import { readRotation, readRotations, type Rotation } from '../verify/key-chain.ts';
import { flushPath, replaceFile } from '../writer/files.ts';
import { type KeySource, keyPath, rotationFolder } from './signing-keys.ts';
import { rotationNote } from './statement.ts';

export interface RotationOrder {
  /** The ledger directory. */
  readonly directory: string;
  /** The file of the first key; later ones lie beside it. */
  readonly firstKey: string;
  readonly keys: KeySource;
  /** What the origins of the logs begin with. */
  readonly operator: string;
  readonly now_ms: number;
  readonly overlap_ms: number;
}

/**
 * Makes a new key and the note that puts it in the place of the current one. From the moment the note is there, whoever
 * signs uses the new key, and the old one beside it until the overlap ends.
 */
export async function rotateKey(order: RotationOrder): Promise<Rotation> {
  const { directory, firstKey, keys, operator, now_ms, overlap_ms } = order;
  const old = keys(now_ms).current;
  const { privateKey } = generateKeyPairSync('ed25519');
  const path = keyPath(firstKey, keyMaterial(privateKey));
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  await flushPath(path);
  const folder = rotationFolder(directory);
  mkdirSync(folder, { recursive: true });
  const [from_s, until_s] = [now_ms, now_ms + overlap_ms].map((time_ms) => Math.floor(time_ms / 1000));
  const note = rotationNote(operator, old, privateKey, from_s ?? 0, until_s ?? 0);
  const name = `${String(readRotations(folder).length + 1).padStart(4, '0')}.note`;
  replaceFile(join(folder, name), note);
  await flushPath(folder);
  return readRotation(Buffer.from(note));
}
