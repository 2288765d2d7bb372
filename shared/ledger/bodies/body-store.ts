import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { tile_width, tilePath } from '../tile-path.ts';
import { flushData, flushPath, readIfPresent, replaceFile } from '../writer/files.ts';
import { type SealedBody, sealedBodySchema } from './body-cipher.ts';

/** One line of a body file: a body, or the trace of one that was erased. */
const lineSchema = z.union([
  z.strictObject({ index: z.number(), body: sealedBodySchema }),
  z.strictObject({ index: z.number(), erased: z.literal(true), commitment: z.string() }),
]);
type Line = z.infer<typeof lineSchema>;

/** What is left of a body. */
export type StoredBody = { readonly kind: 'sealed'; readonly body: SealedBody } | { readonly kind: 'erased' };

/**
 * The bodies of one log: a file of JSON lines for each 256 leaves, named like their entry bundle. A file can hold
 * several bodies for one index when a crash came between body and leaf; the leaf's commitment picks the right one.
 */
export class BodyStore {
  readonly #folder: string;

  constructor(directory: string, log: string) {
    this.#folder = join(directory, '.bodies', log);
  }

  /** Adds the bodies of leaves that are about to be written; resolves when the disk has them. */
  async write(bodies: readonly { readonly index: number; readonly body: SealedBody }[]): Promise<void> {
    const files = Map.groupBy(bodies, ({ index }) => this.#path(index));
    for (const [path, lines] of files) {
      const created = prepareToAppend(path);
      const descriptor = openSync(path, 'a', 0o600);
      try {
        appendFileSync(descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        await flushData(descriptor);
      } finally {
        closeSync(descriptor);
      }
      if (created) await flushPath(dirname(path));
    }
  }

  /** The body of leaf `index` that opens `commitment`; undefined when there is none. */
  read(index: number, commitment: string): StoredBody | undefined {
    for (const line of this.#lines(this.#path(index))) {
      if (line.index !== index) continue;
      if ('erased' in line && line.commitment === commitment) return { kind: 'erased' };
      if ('body' in line && line.body.commitment === commitment) return { kind: 'sealed', body: line.body };
    }
    return undefined;
  }

  /** Destroys the bodies of these leaves with their keys. Resolves when the disk no longer names them. */
  async erase(indexes: readonly number[]): Promise<void> {
    for (const [path, erased] of Map.groupBy(indexes, (index) => this.#path(index))) {
      const lines = this.#lines(path).map((line): Line => {
        if (!('body' in line) || !erased.includes(line.index)) return line;
        return { index: line.index, erased: true, commitment: line.body.commitment };
      });
      replaceFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await flushPath(path);
      await flushPath(dirname(path));
    }
  }

  #lines(path: string): Line[] {
    return wholeLines(readIfPresent(path) ?? Buffer.alloc(0)).map((line) =>
      lineSchema.parse(JSON.parse(line)),
    );
  }

  #path(index: number): string {
    return join(this.#folder, `${tilePath('entries', Math.floor(index / tile_width), tile_width)}.ndjson`);
  }
}

/** Removes a line that a crash cut short, and says whether the file is new. */
function prepareToAppend(path: string): boolean {
  const bytes = readIfPresent(path);
  if (bytes === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    return true;
  }
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) replaceFile(path, bytes.subarray(0, whole));
  return false;
}

/** What follows the last newline is a line that a crash cut short; its leaf was never written. */
function wholeLines(bytes: Buffer): string[] {
  return bytes.toString().split('\n').slice(0, -1);
}
