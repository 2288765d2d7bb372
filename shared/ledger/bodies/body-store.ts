import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { tile_width, tilePath } from '../tile-path.ts';
import { flushData, flushPath, openToAppend, readIfPresent, replaceFile } from '../writer/files.ts';
import { type SealedBody, sealedBodySchema } from './body-cipher.ts';
import { BodyKeyFile } from './key-store.ts';

/** One line of a body file: a body, or the trace of one that was erased. */
const lineSchema = z.union([
  // Ledgers of the first version have the wrapped key here.
  z.strictObject({ index: z.number(), body: sealedBodySchema.partial({ wrapped_key: true }) }),
  z.strictObject({ index: z.number(), erased: z.literal(true), commitment: z.string() }),
]);
type Line = z.infer<typeof lineSchema>;

/** What is left of a body. */
export type StoredBody = { readonly kind: 'sealed'; readonly body: SealedBody } | { readonly kind: 'erased' };

/**
 * The bodies of one log: a file of JSON lines for each 256 leaves, named like their entry bundle, and a file with their
 * keys. A file can hold several bodies for one index when a crash came between body and leaf; the leaf's commitment
 * picks the right one.
 */
export class BodyStore {
  readonly #folder: string;
  readonly #keys: string;

  constructor(directory: string, log: string) {
    this.#folder = join(directory, '.bodies', log);
    this.#keys = join(directory, '.body-keys', log);
  }

  /** Whether the bodies of this log are at hand; who was given a copy of the ledger need not have them. */
  get isPresent(): boolean {
    return existsSync(this.#folder);
  }

  /** Adds the bodies of leaves that are about to be written; resolves when the disk has them. */
  async write(bodies: readonly { readonly index: number; readonly body: SealedBody }[]): Promise<void> {
    const files = Map.groupBy(bodies, ({ index }) => this.#path(index));
    for (const [path, lines] of files) {
      const keys = this.#keyFile(lines[0]?.index ?? 0).add(lines.map(({ body }) => body));
      const { descriptor, bytes } = openToAppend(path);
      try {
        removeCutLine(descriptor, path, bytes);
        appendFileSync(descriptor, lines.map((line) => `${JSON.stringify(withoutKey(line))}\n`).join(''));
        await Promise.all([keys, flushData(descriptor)]);
      } finally {
        closeSync(descriptor);
      }
      if (bytes === 0) await flushPath(dirname(path));
    }
  }

  /** The body of leaf `index` that opens `commitment`; undefined when there is none. */
  read(index: number, commitment: string): StoredBody | undefined {
    return this.readBundle(Math.floor(index / tile_width)).get(`${index} ${commitment}`);
  }

  /** The bodies of a bundle of leaves by `<index> <commitment>`. */
  readBundle(bundle: number): ReadonlyMap<string, StoredBody> {
    const first = bundle * tile_width;
    const lines = this.#lines(this.#path(first));
    const keys = lines.length === 0 ? new Map<string, undefined>() : this.#keyFile(first).read();
    return new Map(
      lines.map((line): [string, StoredBody] => {
        if ('erased' in line) return [`${line.index} ${line.commitment}`, { kind: 'erased' }];
        const { commitment } = line.body;
        const wrapped_key = line.body.wrapped_key ?? keys.get(commitment);
        const stored: StoredBody =
          wrapped_key === undefined
            ? { kind: 'erased' }
            : { kind: 'sealed', body: { ...line.body, wrapped_key } };
        return [`${line.index} ${commitment}`, stored];
      }),
    );
  }

  /** Reads bodies in the order of leaves, a file once. */
  bundleReader(): (index: number, commitment: string) => StoredBody | undefined {
    let read: { readonly bundle: number; readonly bodies: ReadonlyMap<string, StoredBody> } | undefined;
    return (index, commitment) => {
      const bundle = Math.floor(index / tile_width);
      if (read?.bundle !== bundle) read = { bundle, bodies: this.readBundle(bundle) };
      return read.bodies.get(`${index} ${commitment}`);
    };
  }

  /**
   * Destroys the keys of these leaves' bodies, then the bodies; resolves when the disk no longer has the keys. `size` is
   * how many leaves the log has: the file of the bundle that still grows belongs to the log's writer, so that there only
   * keys are destroyed.
   */
  async erase(indexes: readonly number[], size: number): Promise<void> {
    for (const [bundle, erased] of Map.groupBy(indexes, (index) => Math.floor(index / tile_width))) {
      const path = this.#path(bundle * tile_width);
      const lines = this.#lines(path);
      if (lines.length === 0) continue;
      const gone = new Set(erased);
      const bodies = lines.flatMap((line) => ('body' in line && gone.has(line.index) ? [line.body] : []));
      await this.#keyFile(bundle * tile_width).shred(new Set(bodies.map(({ commitment }) => commitment)));
      const hasKeys = bodies.some(({ wrapped_key }) => wrapped_key !== undefined);
      if ((bundle + 1) * tile_width <= size || hasKeys) await rewrite(path, lines, gone);
    }
  }

  /** Removes the files of the bundles that end at or before this leaf; what they held is erased. */
  removeBefore(minimum_index: number): void {
    for (let bundle = 0; (bundle + 1) * tile_width <= minimum_index; bundle += 1) {
      rmSync(this.#path(bundle * tile_width), { force: true });
      this.#keyFile(bundle * tile_width).remove();
    }
  }

  #lines(path: string): Line[] {
    return wholeLines(readIfPresent(path) ?? Buffer.alloc(0)).map((line) =>
      lineSchema.parse(JSON.parse(line)),
    );
  }

  #path(index: number): string {
    return join(this.#folder, `${bundlePath(index)}.ndjson`);
  }

  #keyFile(index: number): BodyKeyFile {
    return new BodyKeyFile(join(this.#keys, `${bundlePath(index)}.keys`));
  }
}

async function rewrite(path: string, lines: readonly Line[], gone: ReadonlySet<number>): Promise<void> {
  const left = lines.map((line): Line => {
    if (!('body' in line) || !gone.has(line.index)) return line;
    return { index: line.index, erased: true, commitment: line.body.commitment };
  });
  replaceFile(path, left.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await flushPath(path);
  await flushPath(dirname(path));
}

function bundlePath(index: number): string {
  return tilePath('entries', Math.floor(index / tile_width), tile_width);
}

function withoutKey({ index, body }: { readonly index: number; readonly body: SealedBody }): Line {
  const { wrapped_key: _key, ...rest } = body;
  return { index, body: rest };
}

/** Removes a line that a crash cut short. Only then is more than the last byte of `bytes` read. */
function removeCutLine(descriptor: number, path: string, bytes: number): void {
  const last = Buffer.alloc(1);
  if (bytes === 0 || (readSync(descriptor, last, 0, 1, bytes - 1) === 1 && last.toString() === '\n')) return;
  ftruncateSync(descriptor, readFileSync(path).lastIndexOf('\n') + 1);
}

/** What follows the last newline is a line that a crash cut short; its leaf was never written. */
function wholeLines(bytes: Buffer): string[] {
  return bytes.toString().split('\n').slice(0, -1);
}
