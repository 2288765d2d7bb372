import type { TreeReader } from '../proof.ts';
import { partialWidth, tile_width } from '../tile-path.ts';
import type { OutputFolder } from './output-file.ts';

/**
 * Copies what proves the leaves [first, next) into `folder`, in the form of a log: their bundles and leaf hashes, and
 * all tiles above, which cost an eighth of a byte a leaf. `earlier` are sizes that the log must be shown to have grown
 * from. Tiles are not named in the manifest: the checkpoint proves them, and there are two for each 256 leaves.
 */
export function copySparsely(
  tree: TreeReader,
  first: number,
  next: number,
  earlier: readonly number[],
  output: OutputFolder,
  folder: string,
): void {
  const copy = (level: number | 'entries', index: number): void => {
    const { path, bytes } = tree.file(level, index);
    output.writeUnnamed(`${folder}/${path}`, bytes);
  };
  const bundles = bundlesOf(first, next);
  for (const index of bundles) copy('entries', index);
  for (const index of new Set([...bundles, ...edgesOf([tree.size, ...earlier])])) copy(0, index);
  for (let level = 1; tree.count(level) > 0; level += 1) {
    for (let index = 0; index * tile_width < tree.count(level); index += 1) copy(level, index);
  }
}

function bundlesOf(first: number, next: number): number[] {
  if (first >= next) return [];
  const from = Math.floor(first / tile_width);
  return Array.from({ length: Math.floor((next - 1) / tile_width) - from + 1 }, (_, offset) => from + offset);
}

/** The level 0 tiles that end trees of these sizes. */
function edgesOf(sizes: readonly number[]): number[] {
  return sizes.filter((size) => partialWidth(0, size) > 0).map((size) => Math.floor(size / tile_width));
}
