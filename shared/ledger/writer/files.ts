import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  write,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/**
 * Files of the ledger. Small writes go to the page cache with synchronous calls, which cost a few microseconds; what is
 * large or waits for the disk is asynchronous.
 */

export const flushData = promisify(fdatasync);
export const writeAt = promisify(write);
const flush = promisify(fsync);

/** Puts `bytes` at `path` so that a reader sees the whole file or the one before it. */
export function replaceFile(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.tmp`;
  try {
    writeFileSync(temporary, bytes);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, bytes);
  }
  renameSync(temporary, path);
}

/** Opens a file to read and to add to, for its owner alone; made, with its folders, when there is none. `bytes` is its length. */
export function openToAppend(path: string): { readonly descriptor: number; readonly bytes: number } {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a+', 0o600);
  return { descriptor, bytes: fstatSync(descriptor).size };
}

/** The file's bytes, or undefined when there is none. */
export function readIfPresent(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Waits until a file, or the names in a folder, are on the disk. */
export async function flushPath(path: string): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    await flush(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
