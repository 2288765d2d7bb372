/** Names of the static files of a log, by c2sp.org/tlog-tiles. */

/** Hashes in a full tile, entries in a full bundle. */
export const tile_width = 256;

/** Bytes that the uint16 length of an entry can name. */
export const entry_bytes_max = 65_535;

/**
 * The path of a tile (`level` 0 to 63) or entry bundle (`'entries'`), relative to the log's folder. `width` 256 is
 * the full file; 1 to 255 a partial one.
 */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  return `tile/${level}/${groupsOfThree(index)}${width === tile_width ? '' : `.p/${width}`}`;
}

/** How many hashes the partial tile of a level has in a tree of `size` leaves; 0 when it does not exist. */
export function partialWidth(level: number, size: number): number {
  return Math.floor(size / tile_width ** level) % tile_width;
}

/** 1234067 is `x001/x234/067`. */
function groupsOfThree(index: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return path;
}
