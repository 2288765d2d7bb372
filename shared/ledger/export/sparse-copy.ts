import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TreeReader } from '../proof.ts';
import { partialWidth, tile_width } from '../tile-path.ts';

/**
 * Copies of the files of a log that prove its leaves, in the form of a log: bundles and leaf hashes of the range, and all
 * tiles above, which cost an eighth of a byte a leaf. Tiles are not named in the manifest: the checkpoint proves them,
 * and there are two for each 256 leaves.
 */
export class SparseCopy {
  readonly #tree: TreeReader;
  readonly #folder: string;
  /** Folders that are there: one holds a thousand files. */
  readonly #made = new Set<string>();

  constructor(tree: TreeReader, folder: string) {
    this.#tree = tree;
    this.#folder = folder;
  }

  /** What proves a range of leaves, and that the log grew from `earlier` sizes, beside the bundles themselves. */
  copyAbove(earlier: readonly number[]): void {
    for (const size of [this.#tree.size, ...earlier]) {
      // The level 0 tile that ends a tree of this size.
      if (partialWidth(0, size) > 0) this.#copy(0, Math.floor(size / tile_width));
    }
    for (let level = 1; this.#tree.count(level) > 0; level += 1) {
      for (let index = 0; index * tile_width < this.#tree.count(level); index += 1) this.#copy(level, index);
    }
  }

  /** The bundle that a leaf is in: entries and hashes. */
  copyBundleOf(leaf: number): void {
    const index = Math.floor(leaf / tile_width);
    this.#copy('entries', index);
    this.#copy(0, index);
  }

  #copy(level: number | 'entries', index: number): void {
    const { path, bytes } = this.#tree.file(level, index);
    const target = join(this.#folder, path);
    const folder = dirname(target);
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
    writeFileSync(target, bytes, { mode: 0o600 });
  }
}
