import { hash } from 'node:crypto';

/**
 * The tree of RFC 6962, section 2.1, with SHA-256.
 *
 * A digest is 32 bytes held as a string with one character a byte (`binary`, also called latin1): Node hands hashes out in this form
 * about four times faster than as a Buffer, and it compares with `===`.
 */
export type Digest = string;

export const digest_bytes = 32;

/** Root of the tree without leaves: SHA-256 of the empty string. */
export const emptyRoot: Digest = hash('sha256', '', 'binary');

/** Items up to this size are hashed in a scratch buffer that is allocated once. */
const scratch_bytes = 65_536;
const leafScratch = Buffer.alloc(1 + scratch_bytes);
const nodeScratch = Buffer.alloc(1 + 2 * digest_bytes, 0x01);

/** SHA-256(0x00 || item): the hash of one leaf over its exact bytes. */
export function leafHash(item: Uint8Array): Digest {
  if (item.length > scratch_bytes) return hash('sha256', Buffer.concat([Buffer.of(0x00), item]), 'binary');
  leafScratch.set(item, 1);
  return hash('sha256', leafScratch.subarray(0, 1 + item.length), 'binary');
}

/** SHA-256(0x01 || left || right): the hash of an interior node. */
export function nodeHash(left: Digest, right: Digest): Digest {
  nodeScratch.write(left, 1, 'binary');
  nodeScratch.write(right, 1 + digest_bytes, 'binary');
  return hash('sha256', nodeScratch, 'binary');
}

/**
 * The right edge of a growing tree: the roots of its perfect subtrees, largest first. It holds at most 53 digests
 * whatever the size, so that a tree is hashed as a stream.
 */
export class Frontier {
  readonly #roots: Digest[] = [];
  #size = 0;

  /**
   * The edge of a tree whose rightmost tiles are `levels`: at level L, up to 255 roots of 256^L leaves each.
   */
  static fromTiles(levels: readonly (readonly Digest[])[]): Frontier {
    const frontier = new Frontier();
    for (let level = levels.length - 1; level >= 0; level -= 1) {
      const tile = new Frontier();
      for (const root of levels[level] ?? []) tile.append(root);
      frontier.#roots.push(...tile.#roots);
      frontier.#size += tile.size * 256 ** level;
    }
    return frontier;
  }

  /** Number of leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds one leaf by its hash. `onPerfect` hears of each perfect subtree above the leaf that it completes. */
  append(leaf: Digest, onPerfect?: (root: Digest, height: number) => void): void {
    let root = leaf;
    let height = 0;
    // Division, not shifts: shifts are 32 bits wide in JavaScript.
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      const left = this.#roots.pop();
      if (left === undefined) break;
      root = nodeHash(left, root);
      height += 1;
      onPerfect?.(root, height);
    }
    this.#roots.push(root);
    this.#size += 1;
  }

  /** The root over all leaves so far. */
  root(): Digest {
    const last = this.#roots.at(-1);
    return last === undefined
      ? emptyRoot
      : this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

/** Root over the exact bytes of each item, in order (32 bytes): what a batch leaf commits to. */
export function merkleRoot(items: readonly Uint8Array[]): Buffer {
  const frontier = new Frontier();
  for (const item of items) frontier.append(leafHash(item));
  return Buffer.from(frontier.root(), 'binary');
}
