import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';

/** Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature), the writing half. */

const ed25519_type = 0x01;
const cosignature_type = 0x04;

/** Signs note texts with one Ed25519 key under one name. */
export interface NoteSigner {
  /** Key name; a log's equals its origin. */
  readonly name: string;
  /** Verifier key, `<name>+<key id>+<base64>`: what outsiders need to check signatures. */
  readonly vkey: string;
  /** The signature line over `text`, newline included. `text` ends in a newline. */
  sign(text: string): string;
}

/** The signer of a log or an export: Ed25519 over the text itself. */
export function createNoteSigner(name: string, key: KeyObject): NoteSigner {
  const identity = identify(name, key, ed25519_type);
  return {
    name,
    vkey: identity.vkey,
    sign: (text) => signatureLine(name, identity.keyId, sign(null, Buffer.from(text), key)),
  };
}

/** The signer of a witness: a cosignature/v1 that says what was seen at `now_s` (seconds since the epoch). */
export function createCosigner(name: string, key: KeyObject, now_s: () => number): NoteSigner {
  const identity = identify(name, key, cosignature_type);
  return {
    name,
    vkey: identity.vkey,
    sign: (text) => {
      const time = BigInt(Math.floor(now_s()));
      const timestamp = Buffer.alloc(8);
      timestamp.writeBigUInt64BE(time);
      const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key);
      return signatureLine(name, identity.keyId, Buffer.concat([timestamp, signature]));
    },
  };
}

function signatureLine(name: string, keyId: Buffer, signature: Buffer): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

function identify(
  name: string,
  key: KeyObject,
  type: number,
): { readonly keyId: Buffer; readonly vkey: string } {
  if (!/^[^\s+]+$/u.test(name)) throw new RangeError(`A key name has no spaces and no plus: ${name}`);
  const material = keyMaterial(key, type);
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material]), 'buffer').subarray(0, 4);
  return { keyId, vkey: `${name}+${keyId.toString('hex')}+${material.toString('base64')}` };
}

/** The type's byte and the public key's 32 bytes (RFC 8032); of the kind that signs checkpoints unless told. */
export function keyMaterial(key: KeyObject, type: number = ed25519_type): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new RangeError('Not an Ed25519 key');
  return Buffer.concat([Buffer.of(type), Buffer.from(x, 'base64url')]);
}

/** The note text of a checkpoint (c2sp.org/tlog-checkpoint). `root` is 32 bytes. */
export function checkpointText(origin: string, size: number, root: Buffer): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}
