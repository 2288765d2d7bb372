import { createCipheriv, createSecretKey, hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Digest, digest_bytes, nodeHash, rootOf } from '../merkle.ts';

/**
 * The items of a batch leaf: a tree of RFC 6962 over `salt || item`, whose root the leaf shows. Salts keep the hash of a
 * record that can be guessed from telling that it was there. They follow from one secret for each batch, so that whoever
 * is shown one salt cannot tell another. Secret and hashes are the leaf's body: erasing that ends all guessing.
 */

const secret_bytes = 32;
const salt_bytes = 16;
/** Items up to about this size are hashed in a buffer that is allocated once; its first byte stays zero. */
const scratch = Buffer.alloc(65_536);

const counter_start = Buffer.alloc(salt_bytes);
/** What the salts of up to 4,096 items are the encryption of. */
const zeros = Buffer.alloc(4_096 * salt_bytes);

const bodySchema = z.strictObject({ item_hashes: z.base64(), item_secret: z.base64() });

export interface SealedItems {
  /** 32 bytes. */
  readonly root: Buffer;
  /** JSON text for the body of the leaf. */
  readonly body: string;
}

/** Hashes the exact bytes of each item, in order, each under a salt of its own. */
export function sealItems(items: readonly Uint8Array[]): SealedItems {
  const secret = randomBytes(secret_bytes);
  const salts = saltsOf(secret, items.length);
  const hashes = Buffer.allocUnsafe(items.length * digest_bytes);
  items.forEach((item, index) => {
    hashes.write(saltedHash(salts, index * salt_bytes, item), index * digest_bytes, 'binary');
  });
  const body = { item_hashes: hashes.toString('base64'), item_secret: secret.toString('base64') };
  return { root: Buffer.from(rootOf(hashes), 'binary'), body: JSON.stringify(body) };
}

/** That one item is in the batch, for whoever has the item and the leaf. */
export interface ItemProof {
  readonly position: number;
  readonly count: number;
  /** 16 bytes. */
  readonly salt: Buffer;
  /** The item's sibling first. */
  readonly path: readonly Digest[];
}

/** Proves the item at `position` from the body of its batch. @throws RangeError when the batch has no such item. */
export function proveItem(body: string, position: number): ItemProof {
  const { item_hashes, item_secret } = bodySchema.parse(JSON.parse(body));
  const hashes = Buffer.from(item_hashes, 'base64').toString('binary');
  const count = hashes.length / digest_bytes;
  if (!Number.isSafeInteger(position) || position < 0 || position >= count)
    throw new RangeError(`the batch has ${count} items, none at ${position}`);
  const digests = Array.from({ length: count }, (_, index) =>
    hashes.slice(index * digest_bytes, (index + 1) * digest_bytes),
  );
  const salts = saltsOf(Buffer.from(item_secret, 'base64'), position + 1);
  return { position, count, salt: salts.subarray(position * salt_bytes), path: pathOf(digests, position) };
}

/** The keystream of AES-256 in counter mode: one cipher for a whole batch, and blocks that tell nothing of each other. */
function saltsOf(secret: Buffer, count: number): Buffer {
  // A key that is not a KeyObject yet costs twice as much.
  const cipher = createCipheriv('aes-256-ctr', createSecretKey(secret), counter_start);
  const bytes = count * salt_bytes;
  return cipher.update(bytes <= zeros.length ? zeros.subarray(0, bytes) : Buffer.alloc(bytes));
}

/** SHA-256(0x00 || salt || item): the hash of a leaf of RFC 6962 that is the salt and the item. */
function saltedHash(salts: Buffer, at: number, item: Uint8Array): Digest {
  const length = 1 + salt_bytes + item.length;
  const bytes = length <= scratch.length ? scratch : Buffer.alloc(length);
  salts.copy(bytes, 1, at, at + salt_bytes);
  bytes.set(item, 1 + salt_bytes);
  return hash('sha256', bytes.subarray(0, length), 'binary');
}

/** PATH of RFC 6962, section 2.1.1, level by level: a hash without a sibling rises as it is. */
function pathOf(leaves: readonly Digest[], index: number): Digest[] {
  const path: Digest[] = [];
  let [row, at] = [leaves, index];
  while (row.length > 1) {
    const sibling = row[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) path.push(sibling);
    const below = row;
    row = Array.from({ length: Math.ceil(row.length / 2) }, (_, pair) => {
      const [left = '', right] = [below[2 * pair], below[2 * pair + 1]];
      return right === undefined ? left : nodeHash(left, right);
    });
    at = Math.floor(at / 2);
  }
  return path;
}

/** The text of a proof: what `verifyItem` reads. */
export function itemProofText({ position, count, salt, path }: ItemProof): string {
  const hashes = path.map((digest) => `${Buffer.from(digest, 'binary').toString('base64')}\n`);
  return `breakwater-item-proof/v1\nitem ${position} of ${count}\nsalt ${salt.toString('hex')}\n${hashes.join('')}`;
}
