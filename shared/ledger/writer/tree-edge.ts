import { type Digest, digest_bytes, GrowingTree, leafHashAt } from '../merkle.ts';
import { tile_width, tilePath } from '../tile-path.ts';
import { entry_length_bytes } from './frames.ts';

/** A static file of the log, complete, its path relative to the log's folder. */
export interface Resource {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * The growing side of a log: the hashes of the partial tile of every level and the entries of the partial bundle.
 * All complete tiles and bundles have been handed out.
 */
export class TreeEdge {
  readonly #tree: GrowingTree;
  /** Pieces of the partial bundle. */
  #bundle: Buffer[] = [];
  readonly #completed: Resource[] = [];

  /** `levels` as `tileLevels()` gave them for a size that is a multiple of 256: the partial bundle is empty. */
  constructor(levels: readonly Buffer[] = []) {
    this.#tree = GrowingTree.fromLevels(levels, (level, index, bytes) => {
      this.#completed.push({ path: tilePath(level, index, tile_width), bytes });
    });
  }

  get size(): number {
    return this.#tree.size;
  }

  root(): Digest {
    return this.#tree.root();
  }

  /**
   * Adds the entries framed in `frames` (the form of a bundle), but not beyond `size_max` leaves, and returns the full
   * tiles and bundles they complete.
   */
  append(frames: Buffer, size_max = Number.MAX_SAFE_INTEGER): Resource[] {
    let unbundled = 0;
    let position = 0;
    while (position < frames.length && this.size < size_max) {
      const start = position + entry_length_bytes;
      const end = start + frames.readUInt16BE(position);
      this.#tree.append(leafHashAt(frames, start, end));
      position = end;
      if (this.size % tile_width === 0) {
        this.#bundle.push(frames.subarray(unbundled, end));
        this.#completeBundle();
        unbundled = end;
      }
    }
    // A copy, so that the last few entries do not keep the whole batch in memory.
    if (unbundled < position) this.#bundle.push(Buffer.from(frames.subarray(unbundled, position)));
    return this.#completed.splice(0);
  }

  /** The partial tiles and the partial bundle of the current size. */
  partials(): Resource[] {
    const resources: Resource[] = [];
    this.tileLevels().forEach((bytes, level) => {
      const width = bytes.length / digest_bytes;
      const index = Math.floor(this.size / tile_width ** (level + 1));
      if (width > 0) resources.push({ path: tilePath(level, index, width), bytes });
    });
    const width = this.size % tile_width;
    if (width > 0) {
      resources.push({ path: tilePath('entries', this.#bundleIndex(), width), bytes: this.partialBundle() });
    }
    return resources;
  }

  /** The framed entries of the partial bundle: fewer than 256. */
  partialBundle(): Buffer {
    const [only] = this.#bundle;
    return this.#bundle.length === 1 && only !== undefined ? only : Buffer.concat(this.#bundle);
  }

  /** The hashes of the partial tiles from the lowest up; level 0 belongs to the partial bundle. */
  tileLevels(): readonly Buffer[] {
    return this.#tree.levels();
  }

  #bundleIndex(): number {
    return Math.floor(this.size / tile_width);
  }

  #completeBundle(): void {
    const path = tilePath('entries', this.#bundleIndex() - 1, tile_width);
    this.#completed.push({ path, bytes: this.partialBundle() });
    this.#bundle = [];
  }
}
