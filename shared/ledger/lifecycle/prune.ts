import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BodyStore } from '../bodies/body-store.ts';
import { tile_width, tilePath } from '../tile-path.ts';
import { flushPath, readIfPresent, replaceFile } from '../writer/files.ts';
import { writerFolder } from '../writer/bound.ts';
import { listSegments, removeSegment } from '../writer/segment.ts';
import { publishedSize } from './tenant-leaves.ts';

/** Where pruned files wait until they are removed for good. */
function asideFolder(directory: string, log: string): string {
  return join(directory, '.pruned', log);
}

/**
 * Raises the minimum index (c2sp.org/tlog-tiles) of a log that is closed: the bundles and level 0 tiles that end at or
 * before it are no longer published. The levels above stay, and so do root, checkpoint and the proofs of what is left.
 * The files are put aside first, so that a mistake can be undone while it is young.
 */
export async function pruneLog(
  directory: string,
  log: string,
  minimum_index: number,
  now_ms: number,
): Promise<void> {
  const folder = join(directory, log);
  replaceFile(join(folder, 'minimum-index'), `${minimum_index}\n`);
  await flushPath(folder);
  const aside = asideFolder(directory, log);
  for (let bundle = 0; (bundle + 1) * tile_width <= minimum_index; bundle += 1) {
    for (const level of ['entries', 0] as const) {
      const path = tilePath(level, bundle, tile_width);
      if (!existsSync(join(folder, path))) continue;
      mkdirSync(dirname(join(aside, path)), { recursive: true });
      renameSync(join(folder, path), join(aside, path));
    }
  }
  if (existsSync(aside)) replaceFile(join(aside, 'since'), `${now_ms}\n`);
  new BodyStore(directory, log).removeBefore(minimum_index);
  // The write-ahead file has the same entries once more; nobody writes to a closed log again.
  if (minimum_index + tile_width <= publishedSize(directory, log)) return;
  const segments = writerFolder(directory, log);
  for (const name of existsSync(segments) ? listSegments(segments) : []) removeSegment(segments, name);
}

/** When files of a log were last put aside; undefined when none wait. */
export function putAside_ms(directory: string, log: string): number | undefined {
  const since = readIfPresent(join(asideFolder(directory, log), 'since'))?.toString();
  return since === undefined ? undefined : Number(since);
}

/** Removes what was put aside. */
export function removePruned(directory: string, log: string): void {
  rmSync(asideFolder(directory, log), { recursive: true });
}
