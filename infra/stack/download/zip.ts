import { inflateRawSync } from 'node:zlib';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { RangeReader } from './ranges.ts';

/** One file in a zip archive, as its central directory lists it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressed_bytes: number;
  readonly size_bytes: number;
  /** Where its local header begins. */
  readonly start: number;
  /** Where the next entry, or the directory, begins. */
  readonly end: number;
}

// Signatures and fixed lengths of the zip format (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16).
const end_signature = 0x06054b50;
const entry_signature = 0x02014b50;
const local_header_bytes = 30;
const entry_header_bytes = 46;
const end_record_bytes = 22;
const comment_bytes_max = 65_535;
const stored = 0;
const deflated = 8;

/** Reads the list of files of an archive of `size_bytes` from its end. Throws `BW_STACK_DIGEST_MISMATCH`. */
export async function readZipDirectory(reader: RangeReader, size_bytes: number): Promise<ZipEntry[]> {
  const tail_start = Math.max(0, size_bytes - end_record_bytes - comment_bytes_max);
  const tail = await reader.read(tail_start, size_bytes);
  const at = findEndRecord(tail);
  const directory_bytes = tail.readUInt32LE(at + 12);
  const directory_start = tail.readUInt32LE(at + 16);
  const directory = await reader.read(directory_start, directory_start + directory_bytes);
  return withEnds(parseDirectory(directory), directory_start);
}

function findEndRecord(tail: Buffer): number {
  for (let at = tail.length - end_record_bytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) === end_signature) return at;
  }
  throw new BreakwaterError('BW_STACK_DIGEST_MISMATCH', 'not a zip archive: it has no end record');
}

function parseDirectory(directory: Buffer): Omit<ZipEntry, 'end'>[] {
  const entries: Omit<ZipEntry, 'end'>[] = [];
  let at = 0;
  while (at + entry_header_bytes <= directory.length && directory.readUInt32LE(at) === entry_signature) {
    const name_end = at + entry_header_bytes + directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + entry_header_bytes, name_end),
      method: directory.readUInt16LE(at + 10),
      compressed_bytes: directory.readUInt32LE(at + 20),
      size_bytes: directory.readUInt32LE(at + 24),
      start: directory.readUInt32LE(at + 42),
    });
    at = name_end + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function withEnds(entries: Omit<ZipEntry, 'end'>[], directory_start: number): ZipEntry[] {
  const ordered = entries.toSorted((left, right) => left.start - right.start);
  return ordered.map((entry, index) => ({ ...entry, end: ordered[index + 1]?.start ?? directory_start }));
}

/** The content of an entry; `bytes` runs from its `start` to its `end`. Throws `BW_STACK_DIGEST_MISMATCH`. */
export function extractEntry(entry: ZipEntry, bytes: Buffer): Buffer {
  // The local header repeats the name, with extra fields of its own.
  const data_start = local_header_bytes + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const data = bytes.subarray(data_start, data_start + entry.compressed_bytes);
  if (entry.method === stored) return data;
  if (entry.method === deflated)
    return inflateRawSync(data, { maxOutputLength: Math.max(entry.size_bytes, 1) });
  throw new BreakwaterError('BW_STACK_DIGEST_MISMATCH', `${entry.name}: packed with method ${entry.method}`);
}
