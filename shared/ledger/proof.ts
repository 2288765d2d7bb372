import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { type Digest, digest_bytes, nodeHash } from './merkle.ts';
import { tile_width, tilePath } from './tile-path.ts';

/** Proofs of RFC 6962, section 2.1, made from tiles alone. */

/** Tiles kept while proofs are made; a proof needs one for each level. */
const tiles_cached_max = 256;
/** Nodes between the levels of tiles, kept because neighbours share most of their proofs. */
const nodes_cached_max = 16_384;
const tile_height = 8;

/** Reads tiles and bundles of the log in `folder` as of a tree of `size` leaves. */
export class TreeReader {
  readonly size: number;
  readonly #folder: string;
  readonly #tiles = new Map<string, Buffer>();
  readonly #nodes = new Map<string, Digest>();

  constructor(folder: string, size: number) {
    this.#folder = folder;
    this.size = size;
  }

  /**
   * The hash over the leaves [start, end): MTH of RFC 6962. `start` is a multiple of the smallest power of two that
   * holds end - start.
   */
  subtree(start: number, end: number): Digest {
    let height = 0;
    while (2 ** height < end - start) height += 1;
    if (2 ** height === end - start) return this.#perfect(height, start / 2 ** height);
    const split = start + 2 ** (height - 1);
    return nodeHash(this.subtree(start, split), this.subtree(split, end));
  }

  /** The exact bytes of the entries [start, end). */
  *entries(start: number, end: number): Generator<Buffer> {
    for (let index = start; index < end; ) {
      const bundle = Math.floor(index / tile_width);
      const entries = splitBundle(this.#read('entries', bundle));
      for (; index < end && Math.floor(index / tile_width) === bundle; index += 1) {
        const entry = entries[index % tile_width];
        if (entry === undefined) throw unreadable(tilePath('entries', bundle, tile_width), 'it is too short');
        yield entry;
      }
    }
  }

  /** The file of a tile or bundle as a log of exactly this size has it. */
  file(level: number | 'entries', index: number): { readonly path: string; readonly bytes: Buffer } {
    const width = Math.min(tile_width, this.count(level) - index * tile_width);
    const stored = this.#read(level, index);
    // Only a full file can hold more than a log of this size has.
    if (width === tile_width) return { path: tilePath(level, index, width), bytes: stored };
    const bytes_kept =
      level === 'entries'
        ? splitBundle(stored)
            .slice(0, width)
            .reduce((total, entry) => total + 2 + entry.length, 0)
        : width * digest_bytes;
    return { path: tilePath(level, index, width), bytes: stored.subarray(0, bytes_kept) };
  }

  /** How many entries, or hashes at a level, a log of this size has. */
  count(level: number | 'entries'): number {
    return Math.floor(this.size / tile_width ** (level === 'entries' ? 0 : level));
  }

  /** The root of 2^height leaves, the `index`th of that height. */
  #perfect(height: number, index: number): Digest {
    if (height % tile_height === 0) {
      const tile = this.#tile(height / tile_height, Math.floor(index / tile_width));
      const at = (index % tile_width) * digest_bytes;
      return tile.toString('binary', at, at + digest_bytes);
    }
    const key = `${height}/${index}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = nodeHash(this.#perfect(height - 1, 2 * index), this.#perfect(height - 1, 2 * index + 1));
    if (this.#nodes.size >= nodes_cached_max) this.#nodes.clear();
    this.#nodes.set(key, node);
    return node;
  }

  #tile(level: number, index: number): Buffer {
    const key = `${level}/${index}`;
    const cached = this.#tiles.get(key);
    if (cached !== undefined) return cached;
    const tile = this.#read(level, index);
    if (this.#tiles.size >= tiles_cached_max) this.#tiles.clear();
    this.#tiles.set(key, tile);
    return tile;
  }

  /** A full file, or the partial one of this size; a log removes partial files once the full one exists. */
  #read(level: number | 'entries', index: number): Buffer {
    const width = Math.min(tile_width, this.count(level) - index * tile_width);
    const paths = [tilePath(level, index, tile_width)];
    if (width > 0 && width < tile_width) paths.unshift(tilePath(level, index, width));
    for (const path of paths) {
      try {
        return readFileSync(join(this.#folder, path));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      }
    }
    throw unreadable(paths[0] ?? '', 'it is missing');
  }
}

/** The path from leaf `index` to the root, the leaf's sibling first: PATH of RFC 6962, section 2.1.1. */
export function inclusionProof(tree: TreeReader, index: number): Digest[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= tree.size) {
    throw new BreakwaterError('BW_LEDGER_NO_PROOF', 'The log has no such leaf', { index, size: tree.size });
  }
  const path: Digest[] = [];
  let [start, end] = [0, tree.size];
  while (end - start > 1) {
    const split = start + largestPowerBelow(end - start);
    if (index < split) {
      path.push(tree.subtree(split, end));
      end = split;
    } else {
      path.push(tree.subtree(start, split));
      start = split;
    }
  }
  return path.reverse();
}

/** That the first `size` leaves are the beginning of the tree: PROOF of RFC 6962, section 2.1.2. */
export function consistencyProof(tree: TreeReader, size: number): Digest[] {
  if (!Number.isSafeInteger(size) || size < 1 || size > tree.size) {
    throw new BreakwaterError('BW_LEDGER_NO_PROOF', 'There is no proof between these sizes', {
      from: size,
      to: tree.size,
    });
  }
  if (size === tree.size) return [];
  const path: Digest[] = [];
  let [start, end] = [0, tree.size];
  while (end !== size) {
    const split = start + largestPowerBelow(end - start);
    if (size <= split) {
      path.push(tree.subtree(split, end));
      end = split;
    } else {
      path.push(tree.subtree(start, split));
      start = split;
    }
  }
  // The verifier knows the root of the first leaves when it is a whole subtree from leaf 0.
  if (start > 0) path.push(tree.subtree(start, end));
  return path.reverse();
}

function splitBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let position = 0; position + 2 <= bundle.length; ) {
    const end = position + 2 + bundle.readUInt16BE(position);
    entries.push(bundle.subarray(position + 2, end));
    position = end;
  }
  return entries;
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function unreadable(path: string, why: string): BreakwaterError {
  return new BreakwaterError('BW_LEDGER_NO_PROOF', `A file of the log cannot be used: ${why}`, { path });
}
