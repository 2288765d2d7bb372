import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { padding, tarEnd, tarHeader } from './tar.ts';

/** A stretch of an archive: bytes at hand, or a file. */
type Part = { readonly bytes: number } & (
  | { readonly kind: 'bytes'; readonly content: Buffer }
  | { readonly kind: 'file'; readonly path: string }
);

/** A folder as one tar archive: always the same bytes, so that an interrupted download can be gone on with. */
export interface BundleArchive {
  readonly bytes: number;
  /** The bytes from `start` on, piece by piece. */
  read(start: number): AsyncGenerator<Buffer>;
}

/** `name` is the folder that the archive holds; `modified_s` the time of its files, seconds since the epoch. */
export function createBundleArchive(folder: string, name: string, modified_s: number): BundleArchive {
  const parts: Part[] = [];
  const add = (content: Buffer): void => {
    if (content.length > 0) parts.push({ kind: 'bytes', content, bytes: content.length });
  };
  for (const file of filesOf(folder)) {
    const path = join(folder, file);
    const { size } = statSync(path);
    add(tarHeader(`${name}/${file}`, size, modified_s));
    if (size > 0) parts.push({ kind: 'file', path, bytes: size });
    add(padding(size));
  }
  add(tarEnd);
  return {
    bytes: parts.reduce((total, { bytes }) => total + bytes, 0),
    read: (start) => readParts(parts, start),
  };
}

async function* readParts(parts: readonly Part[], start: number): AsyncGenerator<Buffer> {
  let skip = start;
  for (const part of parts) {
    if (skip >= part.bytes) {
      skip -= part.bytes;
      continue;
    }
    if (part.kind === 'bytes') yield part.content.subarray(skip);
    else for await (const chunk of createReadStream(part.path, { start: skip })) yield Buffer.from(chunk);
    skip = 0;
  }
}

/** Paths of all files below a folder, sorted. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
