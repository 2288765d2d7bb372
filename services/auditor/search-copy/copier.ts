import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { TreeReader } from '#shared/ledger/proof.ts';
import { parseCheckpointText } from '#shared/ledger/verify/checkpoint.ts';
import { listLogs } from '#shared/ledger/evidence/ledger.ts';
import { minimumIndexOf } from '#shared/ledger/evidence/minimum-index.ts';
import { splitNote } from '#shared/ledger/verify/note.ts';
import { readIfPresent, replaceFile } from '#shared/ledger/writer/files.ts';
import type { SearchSink } from '#shared/search/port.ts';
import type { Log } from '#shared/telemetry/log.ts';
import { copyOf } from './document.ts';
import type { CopyReader } from './reader.ts';

export interface CopierOptions {
  /** The ledger directory. */
  readonly directory: string;
  readonly sink: SearchSink;
  readonly reader: CopyReader;
  readonly namespace: string;
  readonly log: Log;
  /** What the reconciler found different: the copy was deleted from or edited. */
  readonly onMismatch: (mismatch: Mismatch) => void;
}

/** A stretch of leaves whose copy is not what the log has. */
export interface Mismatch {
  readonly log: string;
  readonly index_first: number;
  readonly index_next: number;
  /** Documents that were not there; they are written again. */
  readonly missing: number;
  /** Documents that say something else; they stay, as evidence. */
  readonly changed: number;
}

/** Leaves copied or compared with one request. */
const leaves_max = 1_000;

/**
 * Keeps the search copy: reads the published log and indexes it, so that nothing is searchable that is not signed, and
 * the ledger never waits for the search engine. Goes over all leaves again and again to find what was tampered with.
 */
export class Copier {
  readonly #options: CopierOptions;
  /** Next leaf to compare, by log. */
  readonly #compared = new Map<string, number>();
  /** Leaves before this may have been copied by an earlier process, by log. */
  readonly #replayed = new Map<string, number>();

  constructor(options: CopierOptions) {
    this.#options = options;
  }

  /** Leaves that are signed and not yet copied. */
  lag(): number {
    return listLogs(this.#options.directory).reduce(
      (total, log) => total + this.#publishedSize(log) - this.#cursor(log),
      0,
    );
  }

  /** Copies what is new in every log. */
  async copyNew(): Promise<void> {
    for (const log of listLogs(this.#options.directory)) {
      const size = this.#publishedSize(log);
      for (let next = this.#cursor(log); next < size; next = this.#cursor(log)) {
        await this.#copy(log, next, Math.min(size, next + leaves_max), size);
      }
    }
  }

  /** Compares the next stretch of every log. */
  async compareSome(): Promise<void> {
    for (const log of listLogs(this.#options.directory)) {
      const copied = this.#cursor(log);
      const from = this.#compared.get(log) ?? 0;
      const first = Math.max(from < copied ? from : 0, minimumIndexOf(this.#options.directory, log));
      const next = Math.min(copied, first + leaves_max);
      if (first < next) await this.#compare(log, first, next);
      this.#compared.set(log, next);
    }
  }

  async #copy(log: string, first: number, next: number, size: number): Promise<void> {
    const { sink } = this.#options;
    const replayed_below = this.#replayed.get(log) ?? size;
    this.#replayed.set(log, replayed_below);
    const outcomes = await sink.write(this.#writes(log, first, next, size), {
      replayed: first < replayed_below,
    });
    for (const outcome of outcomes) {
      if (outcome.kind === 'rejected') {
        this.#options.log.error('a leaf cannot be indexed; the ledger has it', {
          log,
          reason: outcome.reason,
        });
      }
    }
    replaceFile(this.#cursorPath(log), String(next));
  }

  async #compare(log: string, first: number, next: number): Promise<void> {
    const writes = this.#writes(log, first, next, this.#publishedSize(log));
    const [sample] = writes;
    if (sample === undefined) return;
    const stored = await this.#options.reader.read(
      sample.index,
      writes.map(({ id }) => id),
    );
    const missing = writes.filter(({ id }) => !stored.has(id));
    const changed = writes.filter(({ id, document = '' }) => {
      return stored.has(id) && !isDeepStrictEqual(stored.get(id), JSON.parse(document));
    });
    if (missing.length === 0 && changed.length === 0) return;
    this.#options.onMismatch({
      log,
      index_first: first,
      index_next: next,
      missing: missing.length,
      changed: changed.length,
    });
    await this.#options.sink.write(missing, { replayed: true });
  }

  #writes(log: string, first: number, next: number, size: number) {
    const tree = new TreeReader(join(this.#options.directory, log), size);
    let index = first;
    return [...tree.entries(first, next)].map((entry) =>
      copyOf(this.#options.namespace, log, index++, entry),
    );
  }

  #publishedSize(log: string): number {
    const checkpoint = readFileSync(join(this.#options.directory, log, 'checkpoint'));
    return parseCheckpointText(splitNote(checkpoint).text).size;
  }

  #cursor(log: string): number {
    const copied = Number(readIfPresent(this.#cursorPath(log))?.toString() ?? '0');
    return Math.max(copied, minimumIndexOf(this.#options.directory, log));
  }

  #cursorPath(log: string): string {
    return join(this.#options.directory, '.copied', log);
  }
}
