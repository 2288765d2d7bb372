import type { Checkpoint } from '../verify/checkpoint.ts';
import { Malformed } from '../verify/malformed.ts';
import { rootDigest } from '../verify/merkle.ts';
import { readTile, tile_width, tilePath } from '../verify/tiles.ts';

/**
 * A log of which only some files are at hand: each tile is believed once its root is found in the tile above it, and the
 * last tile of every level once their roots together give the signed one.
 */
export class SparseTree {
  readonly #folder: string;
  readonly #size: number;
  readonly #believed = new Map<string, readonly string[]>();

  /** @throws Malformed when the last tiles do not give the checkpoint's root. */
  constructor(folder: string, checkpoint: Checkpoint) {
    this.#folder = folder;
    this.#size = checkpoint.size;
    let end: readonly string[] = [];
    for (let level = 0; tile_width ** level <= this.#size; level += 1) {
      const width = Math.floor(this.#size / tile_width ** level) % tile_width;
      const index = Math.floor(this.#size / tile_width ** (level + 1));
      const hashes = width === 0 ? [] : this.#read(level, index, width);
      this.#believed.set(`${level}/${index}`, hashes);
      if (hashes.length + end.length > 0) end = [rootDigest([...hashes, ...end])];
    }
    const root = end[0] ?? rootDigest([]);
    if (root !== checkpoint.root.toString('binary'))
      throw new Malformed('its tiles do not have the root that the checkpoint signs');
  }

  /** The leaf hashes of the `index`th bundle. @throws Malformed when they cannot be believed. */
  leaves(index: number): readonly string[] {
    return this.#tile(0, index);
  }

  /** The root of the first `size` leaves. @throws Malformed when a tile that it needs is missing or false. */
  rootAt(size: number): string {
    let end: readonly string[] = [];
    for (let level = 0; tile_width ** level <= size; level += 1) {
      const width = Math.floor(size / tile_width ** level) % tile_width;
      if (width === 0) continue;
      const hashes = this.#tile(level, Math.floor(size / tile_width ** (level + 1))).slice(0, width);
      end = [rootDigest([...hashes, ...end])];
    }
    return end[0] ?? rootDigest([]);
  }

  #tile(level: number, index: number): readonly string[] {
    const key = `${level}/${index}`;
    const believed = this.#believed.get(key);
    if (believed !== undefined) return believed;
    const hashes = this.#read(level, index, tile_width);
    const above = this.#tile(level + 1, Math.floor(index / tile_width));
    if (rootDigest(hashes) !== above[index % tile_width]) {
      throw new Malformed(`${tilePath(level, index, tile_width)} is not the tile that the tree has there`);
    }
    // Leaves are looked at once, in order; the levels above are small.
    if (level > 0) this.#believed.set(key, hashes);
    return hashes;
  }

  #read(level: number, index: number, width: number): string[] {
    try {
      return readTile(this.#folder, level, index, width);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`${tilePath(level, index, width)} ${error.message}`);
    }
  }
}
