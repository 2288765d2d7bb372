import { hash } from 'node:crypto';
import { tile_width } from './tile-path.ts';

/**
 * The tree of RFC 6962, section 2.1, with SHA-256.
 *
 * A digest is 32 bytes held as a string with one character a byte (`binary`, also called latin1): Node hands hashes out in this form
 * about four times faster than as a Buffer, and it compares with `===`. Many digests lie one behind another in a Buffer.
 */
export type Digest = string;

export const digest_bytes = 32;

/** Root of the tree without leaves: SHA-256 of the empty string. */
export const emptyRoot: Digest = hash('sha256', '', 'binary');

/** Items up to this size are hashed in a scratch buffer that is allocated once. */
const scratch_bytes = 65_536;
const leafScratch = Buffer.alloc(1 + scratch_bytes);
const nodeScratch = Buffer.alloc(1 + 2 * digest_bytes, 0x01);
const rowScratch = Buffer.alloc(tile_width * digest_bytes);

/** SHA-256(0x00 || item): the hash of one leaf over its exact bytes. */
export function leafHash(item: Uint8Array): Digest {
  if (item.length > scratch_bytes) return hash('sha256', Buffer.concat([Buffer.of(0x00), item]), 'binary');
  leafScratch.set(item, 1);
  return hash('sha256', leafScratch.subarray(0, 1 + item.length), 'binary');
}

/** The leaf hash of the bytes [start, end) of a buffer; `leafHash` without a view of them. */
export function leafHashAt(bytes: Buffer, start: number, end: number): Digest {
  const length = end - start;
  if (length > scratch_bytes) return leafHash(bytes.subarray(start, end));
  bytes.copy(leafScratch, 1, start, end);
  return hash('sha256', leafScratch.subarray(0, 1 + length), 'binary');
}

/** SHA-256(0x01 || left || right): the hash of an interior node. */
export function nodeHash(left: Digest, right: Digest): Digest {
  nodeScratch.write(left, 1, 'binary');
  nodeScratch.write(right, 1 + digest_bytes, 'binary');
  return hash('sha256', nodeScratch, 'binary');
}

/**
 * The root over `count` subtrees of one height, 1 to 256, whose roots lie one behind another in `digests`. The last may
 * be incomplete: a digest without a sibling rises as it is.
 */
export function foldDigests(digests: Buffer, count: number): Digest {
  let row = digests;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const pairs = Math.floor(width / 2);
    for (let pair = 0; pair < pairs; pair += 1) {
      const at = 2 * pair * digest_bytes;
      row.copy(nodeScratch, 1, at, at + 2 * digest_bytes);
      rowScratch.write(hash('sha256', nodeScratch, 'binary'), pair * digest_bytes, 'binary');
    }
    if (pairs * 2 < width) {
      row.copy(rowScratch, pairs * digest_bytes, 2 * pairs * digest_bytes, width * digest_bytes);
    }
    row = rowScratch;
  }
  return row.toString('binary', 0, digest_bytes);
}

/** The root over leaf hashes that lie one behind another; `GrowingTree` when they come one at a time. */
export function rootOf(digests: Buffer): Digest {
  const count = digests.length / digest_bytes;
  if (count === 0) return emptyRoot;
  if (count <= tile_width) return foldDigests(digests, count);
  const above = Buffer.allocUnsafe(Math.ceil(count / tile_width) * digest_bytes);
  for (let first = 0; first < count; first += tile_width) {
    const tile = digests.subarray(first * digest_bytes);
    const root = foldDigests(tile, Math.min(tile_width, count - first));
    above.write(root, (first / tile_width) * digest_bytes, 'binary');
  }
  return rootOf(above);
}

/** The hashes that are not yet a full tile at one level. */
interface PartialTile {
  /** Room for a full tile. */
  bytes: Buffer;
  count: number;
}

/** Told of each tile as it becomes full; `index` counts the tiles of a level. The bytes are the receiver's. */
export type OnTile = (level: number, index: number, bytes: Buffer) => void;

/**
 * A growing tree: the partial tile of every level, level L with the roots of 256^L leaves each. It holds some kilobytes
 * whatever the size, so that a tree is hashed as a stream.
 */
export class GrowingTree {
  readonly #levels: PartialTile[] = [];
  readonly #onTile: OnTile | undefined;
  #size = 0;

  constructor(onTile?: OnTile) {
    this.#onTile = onTile;
  }

  /** The tree whose partial tiles are `levels`, as `levels()` gave them. */
  static fromLevels(levels: readonly Buffer[], onTile?: OnTile): GrowingTree {
    const tree = new GrowingTree(onTile);
    levels.forEach((digests, level) => {
      const { bytes } = tree.#level(level);
      digests.copy(bytes);
      const count = digests.length / digest_bytes;
      tree.#levels[level] = { bytes, count };
      tree.#size += count * tile_width ** level;
    });
    return tree;
  }

  /** Number of leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** The digests of the partial tile of each level, empty where there is none. */
  levels(): Buffer[] {
    return this.#levels.map(({ bytes, count }) => bytes.subarray(0, count * digest_bytes));
  }

  /** Adds one leaf by its hash. */
  append(leaf: Digest): void {
    this.#size += 1;
    this.#push(0, leaf);
  }

  /** The root over all leaves so far. */
  root(): Digest {
    let end: Digest | undefined;
    for (const { bytes, count } of this.#levels) {
      // What is incomplete at a level is the last subtree of the level above.
      if (end !== undefined) bytes.write(end, count * digest_bytes, 'binary');
      const width = end === undefined ? count : count + 1;
      if (width > 0) end = foldDigests(bytes, width);
    }
    return end ?? emptyRoot;
  }

  #push(level: number, digest: Digest): void {
    const tile = this.#level(level);
    tile.bytes.write(digest, tile.count * digest_bytes, 'binary');
    tile.count += 1;
    if (tile.count < tile_width) return;
    const { bytes } = tile;
    this.#levels[level] = newTile();
    this.#onTile?.(level, this.#size / tile_width ** (level + 1) - 1, bytes);
    this.#push(level + 1, foldDigests(bytes, tile_width));
  }

  #level(level: number): PartialTile {
    const tile = this.#levels[level] ?? newTile();
    this.#levels[level] = tile;
    return tile;
  }
}

function newTile(): PartialTile {
  return { bytes: Buffer.alloc(tile_width * digest_bytes), count: 0 };
}

/** Root over the exact bytes of each item, in order (32 bytes): what a batch leaf commits to. */
export function merkleRoot(items: readonly Uint8Array[]): Buffer {
  const tree = new GrowingTree();
  for (const item of items) tree.append(leafHash(item));
  return Buffer.from(tree.root(), 'binary');
}
