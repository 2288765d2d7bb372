import { closeSync, constants, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digest_bytes } from '../merkle.ts';
import { flushData, flushPath, writeAt } from './files.ts';

/**
 * A segment is the write-ahead file of a log: a header line, then framed entries exactly as bundles hold them. It
 * begins at a multiple of 256, and its header has the hashes of the tiles before that, so that all tiles from there
 * on can be made again from this file alone.
 */
const headerSchema = z.strictObject({ levels: z.array(z.array(z.string())) });

export interface SegmentContent {
  /** The partial tiles before it, level by level. */
  readonly levels: readonly Buffer[];
  /** Framed entries. */
  readonly frames: Buffer;
}

export class Segment {
  /** File name, such as `segment-3.0`: the writer's epoch, then a count. Names sort in the order of writing. */
  readonly name: string;
  #bytes = 0;
  readonly #descriptor: number;

  private constructor(name: string, descriptor: number) {
    this.name = name;
    this.#descriptor = descriptor;
  }

  /** A new segment that holds `frames` already, durably. */
  static async create(
    folder: string,
    name: string,
    levels: readonly Buffer[],
    frames: Buffer,
  ): Promise<Segment> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    const segment = new Segment(name, openSync(join(folder, name), flags));
    const header = { levels: levels.map(splitDigests) };
    await segment.write(Buffer.from(`${JSON.stringify(header)}\n`));
    await segment.write(frames);
    await segment.flush();
    await flushPath(folder);
    return segment;
  }

  /** Length in bytes, header included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the operating system has the frames; not to be changed until then. One call at a time. */
  async write(frames: Buffer): Promise<void> {
    for (let written = 0; written < frames.length; ) {
      const rest = frames.length - written;
      const { bytesWritten } = await writeAt(this.#descriptor, frames, written, rest, this.#bytes);
      written += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  /** Resolves when the disk has what was written. */
  flush(): Promise<void> {
    return flushData(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

export function segmentName(epoch: number, count: number): string {
  return `segment-${epoch}.${count}`;
}

/** The names of the segments in `folder`, in the order of writing. */
export function listSegments(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('segment-'))
    .sort(compareSegments);
}

/** Below zero when `a` was written before `b`. */
export function compareSegments(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The first `bytes` of a segment (all of it when undefined). */
export function readSegment(folder: string, name: string, bytes?: number): SegmentContent {
  const content = readFileSync(join(folder, name)).subarray(0, bytes);
  const body = content.indexOf('\n') + 1;
  const { levels } = headerSchema.parse(JSON.parse(content.toString('utf8', 0, body)));
  return {
    levels: levels.map((digests) => Buffer.concat(digests.map((digest) => Buffer.from(digest, 'base64')))),
    frames: content.subarray(body),
  };
}

function splitDigests(digests: Buffer): string[] {
  const count = digests.length / digest_bytes;
  return Array.from({ length: count }, (_, slot) =>
    digests.toString('base64', slot * digest_bytes, (slot + 1) * digest_bytes),
  );
}

export function removeSegment(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}
