import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Malformed } from './malformed.ts';

/** The static files of a log (c2sp.org/tlog-tiles), read from a folder. */

export const tile_width = 256;
const hash_bytes = 32;
/** 256 entries of 65,535 bytes with their lengths. */
const file_bytes_max = tile_width * (65_535 + 2);

/** The path of a tile or bundle, relative to the log's folder; `width` 256 is the full file. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width === tile_width ? '' : `.p/${width}`}`;
}

/** The hashes of a tile. @throws Malformed when it is missing or has not `width` hashes. */
export function readTile(folder: string, level: number, index: number, width: number): string[] {
  const { bytes, full } = readPartialOrFull(folder, level, index, width);
  if (bytes.length !== (full ? tile_width : width) * hash_bytes) {
    throw new Malformed(`has ${bytes.length} bytes, which is not ${width} hashes`);
  }
  const text = bytes.toString('binary', 0, width * hash_bytes);
  return Array.from({ length: width }, (_, slot) => text.slice(slot * hash_bytes, (slot + 1) * hash_bytes));
}

/** The entries of a bundle. @throws Malformed when it is missing or has not `width` entries. */
export function readBundle(folder: string, index: number, width: number): Buffer[] {
  const { bytes, full } = readPartialOrFull(folder, 'entries', index, width);
  const entries: Buffer[] = [];
  for (let position = 0; position < bytes.length; ) {
    const start = position + 2;
    if (start > bytes.length) throw new Malformed(`ends within the length of entry ${entries.length}`);
    const end = start + bytes.readUInt16BE(position);
    if (end > bytes.length) throw new Malformed(`ends within entry ${entries.length}`);
    entries.push(bytes.subarray(start, end));
    position = end;
  }
  if (entries.length !== (full ? tile_width : width)) {
    throw new Malformed(`has ${entries.length} entries instead of ${width}`);
  }
  return entries.slice(0, width);
}

/** A log may remove a partial file once the full one exists: then its beginning is the partial one. */
function readPartialOrFull(
  folder: string,
  level: number | 'entries',
  index: number,
  width: number,
): { readonly bytes: Buffer; readonly full: boolean } {
  const exact = readFile(`${folder}/${tilePath(level, index, width)}`);
  if (exact !== undefined) return { bytes: exact, full: width === tile_width };
  const full = width === tile_width ? undefined : readFile(`${folder}/${tilePath(level, index, tile_width)}`);
  if (full === undefined) throw new Malformed('is missing');
  return { bytes: full, full: true };
}

/** The file's bytes, or undefined when it does not exist. */
export function readFile(path: string, bytes_max = file_bytes_max): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size > bytes_max) throw new Malformed(`has ${size} bytes, more than ${bytes_max}`);
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const read = readSync(descriptor, bytes, length, size - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
