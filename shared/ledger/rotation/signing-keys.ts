import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { loadOrCreateKey, requirePrivate } from '../key-file.ts';
import { createNoteSigner, keyMaterial, type NoteSigner } from '../note.ts';
import { readRotations, type Rotation } from '../verify/key-chain.ts';

/** The keys that sign now. */
export interface SigningKeys {
  readonly current: KeyObject;
  /** Keys that sign beside it while their overlap lasts. */
  readonly previous: readonly KeyObject[];
  /** How the current key came to be; undefined for the first. */
  readonly rotation: Rotation | undefined;
}

/** Asked before each signature, so that a rotation needs no restart. */
export type KeySource = (now_ms: number) => SigningKeys;

/** Where the rotations of a ledger lie. */
export function rotationFolder(directory: string): string {
  return join(directory, 'key-rotations');
}

/** One key for ever. */
export function fixedKey(current: KeyObject): KeySource {
  return () => ({ current, previous: [], rotation: undefined });
}

/** The name of the file of a later key, beside the first one: `ledger.pem`, `ledger-3f2a91bc.pem`. */
export function keyPath(firstKey: string, material: Buffer): string {
  return firstKey.replace(/(?:\.pem)?$/, `-${hash('sha256', material).slice(0, 8)}.pem`);
}

/**
 * The keys of the ledger in `directory`: the one at `firstKey`, made on first use, then those that its rotations name.
 * @throws BW_LEDGER_KEY_UNUSABLE when a key that must sign is not there.
 */
export function openKeySource(directory: string, firstKey: string): KeySource {
  const folder = rotationFolder(directory);
  let seen_ms = -1;
  let rotations: readonly Rotation[] = [];
  const loaded = new Map<string, KeyObject>();
  const keyOf = (material: Buffer): KeyObject => {
    const name = material.toString('hex');
    const key = loaded.get(name) ?? findKey(firstKey, material);
    loaded.set(name, key);
    return key;
  };
  return (now_ms) => {
    const changed_ms = existsSync(folder) ? statSync(folder).mtimeMs : 0;
    if (changed_ms !== seen_ms) rotations = readRotations(folder);
    seen_ms = changed_ms;
    const rotation = rotations.at(-1);
    if (rotation === undefined) return { current: loaded.get('') ?? first(), previous: [], rotation };
    const overlapping = rotations.filter(({ until_s }) => until_s * 1000 > now_ms);
    return {
      current: keyOf(rotation.next),
      previous: overlapping.map(({ old }) => keyOf(old)),
      rotation,
    };
  };

  function first(): KeyObject {
    const key = loadOrCreateKey(firstKey);
    loaded.set('', key);
    return key;
  }
}

/** The signer of a log: each checkpoint has a signature of every key that signs now. */
export function createLogSigner(origin: string, keys: KeySource, now_ms: () => number): NoteSigner {
  const signerOf = (key: KeyObject): NoteSigner => createNoteSigner(origin, key);
  return {
    name: origin,
    get vkey() {
      return signerOf(keys(now_ms()).current).vkey;
    },
    sign: (text) => {
      const { current, previous } = keys(now_ms());
      return [...previous, current].map((key) => signerOf(key).sign(text)).join('');
    },
  };
}

function findKey(firstKey: string, material: Buffer): KeyObject {
  for (const path of [keyPath(firstKey, material), firstKey]) {
    if (!existsSync(path)) continue;
    requirePrivate(path);
    const key = createPrivateKey(readFileSync(path));
    if (keyMaterial(key).equals(material)) return key;
  }
  throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'A key that a rotation names is not there', {
    path: keyPath(firstKey, material),
  });
}
