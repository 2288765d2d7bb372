import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { columns, csvLine, rowOf } from '../evidence/csv.ts';
import { createMatcher, type Matcher } from '../evidence/filter.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import type { Manifest } from '../evidence/manifest.ts';
import { leafHash } from '../merkle.ts';
import { TreeReader } from '../proof.ts';
import { tile_width } from '../tile-path.ts';
import { readIfPresent } from '../writer/files.ts';
import { findAnchor } from './anchor-proof.ts';
import { BodyLines, type BodySource } from './body-lines.ts';
import { type CompletionOptions, completeBundle, readManifest } from './completion.ts';
import { GrowingFile, writeWhole } from './output-file.ts';
import {
  endProgress,
  newProgress,
  partialFolder,
  type Progress,
  readProgress,
  saveProgress,
} from './progress.ts';
import type { LogRange } from './published-logs.ts';
import { type ExportRequest, refused } from './request.ts';
import { SparseCopy } from './sparse-copy.ts';

export interface BundleWriterOptions extends BodySource, CompletionOptions {
  /** Sizes of each log in earlier exports of it. */
  readonly earlier: ReadonlyMap<string, readonly number[]>;
  readonly now_ms: number;
  /** Leaves between two points at which an interrupted run goes on. */
  readonly save_leaves?: number | undefined;
  /** Called at each such point; what it throws ends the run, which can be gone on with. */
  readonly onSaved?: ((progress: Progress) => void) | undefined;
}

const save_leaves_default = 65_536;
/** Leaves between two pauses in which other work of the thread goes on. */
const leaves_between_pauses = 4_096;

/**
 * Writes the bundle of an export to `output`, which appears once it is complete; an interrupted run is gone on with
 * where it was, and gives the same bytes as one that was not. Memory does not grow with the number of leaves. The same
 * request gives the same records, whatever was logged since.
 * @throws BW_EXPORT_REFUSED when something else is at `output`.
 */
export async function writeBundle(
  request: ExportRequest,
  output: string,
  options: BundleWriterOptions,
): Promise<Manifest> {
  if (!existsSync(partialFolder(output)) && !existsSync(output)) endProgress(output);
  const before = readProgress(output);
  if (before !== undefined && before.export !== request.id)
    throw refused(request.id, `${output} is where the export ${before.export} is being written`);
  if (existsSync(output)) {
    const manifest = readManifest(output);
    if (manifest?.id !== request.id) throw refused(request.id, `there is something at ${output} already`);
    endProgress(output);
    return manifest;
  }
  const progress = before ?? newProgress(request.id, options.now_ms, options.earlier);
  mkdirSync(partialFolder(output), { recursive: true });
  await new BundleWriter(request, output, options, progress).write();
  const manifest = await completeBundle(request, partialFolder(output), progress, options);
  renameSync(partialFolder(output), output);
  endProgress(output);
  return manifest;
}

type Listing = keyof Progress['bytes'];

const listingNames: Readonly<Record<Listing, string>> = {
  index: 'index.csv',
  records: 'records.ndjson',
  csv: 'records.csv',
  bodies: 'bodies.ndjson',
};

/** The pass over the leaves: listings, tiles and proofs. */
class BundleWriter {
  readonly #request: ExportRequest;
  readonly #output: string;
  readonly #folder: string;
  readonly #options: BundleWriterOptions;
  readonly #progress: Progress;
  readonly #matches: Matcher;
  readonly #bodies: BodyLines;
  readonly #files: Readonly<Record<Listing, GrowingFile>>;

  constructor(request: ExportRequest, output: string, options: BundleWriterOptions, progress: Progress) {
    this.#request = request;
    this.#output = output;
    this.#folder = partialFolder(output);
    this.#options = options;
    this.#progress = progress;
    this.#matches = createMatcher(request.filter);
    this.#bodies = new BodyLines(request, options);
    const open = (listing: Listing): GrowingFile =>
      new GrowingFile(join(this.#folder, listingNames[listing]), progress.bytes[listing]);
    this.#files = {
      index: open('index'),
      records: open('records'),
      csv: open('csv'),
      bodies: open('bodies'),
    };
  }

  async write(): Promise<void> {
    const progress = this.#progress;
    if (progress.bytes.index === 0) {
      this.#files.index.write('log,index,leaf_hash,status\n');
      this.#files.csv.write(csvLine(columns));
    }
    for (; progress.log < this.#request.logs.length; progress.log += 1) {
      const range = this.#request.logs[progress.log];
      if (range !== undefined) await this.#writeLog(range);
      progress.index = 0;
    }
    this.#save();
    for (const file of Object.values(this.#files)) file.close();
  }

  async #writeLog(range: LogRange): Promise<void> {
    const { log, size, range_first, range_next } = range;
    const progress = this.#progress;
    const tree = new TreeReader(join(this.#options.directory, log), size);
    const copy = new SparseCopy(tree, join(this.#folder, 'tlog', log));
    if (progress.matching.length <= progress.log) {
      this.#beginLog(range, copy);
      progress.index = range_first;
      progress.matching.push(0);
      this.#save();
    }
    // What was copied before an interruption need not have reached the disk.
    for (let first = range_first; first < progress.index; first = nextBundle(first)) copy.copyBundleOf(first);
    const save_leaves = this.#options.save_leaves ?? save_leaves_default;
    let unsaved = 0;
    for (const entry of tree.entries(progress.index, range_next)) {
      const { index } = progress;
      if (index % tile_width === 0 || index === range_first) copy.copyBundleOf(index);
      if (this.#writeLeaf(log, index, entry)) {
        progress.matching[progress.log] = (progress.matching[progress.log] ?? 0) + 1;
      }
      progress.index += 1;
      unsaved += 1;
      if (unsaved >= save_leaves) {
        this.#save();
        unsaved = 0;
      }
      if (progress.index % leaves_between_pauses === 0) await setImmediate();
    }
  }

  /** What is as it was when the bundle was begun, though the ledger goes on. */
  #beginLog({ log, size, checkpoint }: LogRange, copy: SparseCopy): void {
    const { directory } = this.#options;
    const write = (name: string, content: string | Buffer): void =>
      writeWhole(this.#folder, name, content, true);
    write(`tlog/${log}/checkpoint`, checkpoint);
    write(`keys/${log}.vkey`, readIfPresent(join(directory, `${log}.vkey`)) ?? '');
    copy.copyAbove(this.#progress.earlier[log] ?? []);
    const anchor = findAnchor(directory, log, size);
    this.#progress.witnessed &&= anchor?.cosigned === true;
    if (anchor === undefined) return;
    write(`anchor/${log}.leaf`, anchor.leaf);
    write(`anchor/${log}.tlog-proof`, anchor.proof);
    write(`anchor/${log}.vkey`, anchor.vkey);
  }

  /** Returns whether the leaf matches. */
  #writeLeaf(log: string, index: number, entry: Buffer): boolean {
    const { counts } = this.#progress;
    const text = entry.toString();
    const leaf = parseLeafView(text);
    const matching = leaf !== undefined && this.#matches(leaf, text);
    const digest = Buffer.from(leafHash(entry), 'binary').toString('hex');
    this.#files.index.write(`${log},${index},${digest},${matching ? 'match' : 'other'}\n`);
    if (leaf === undefined || !matching) return false;
    counts[leaf.type] = (counts[leaf.type] ?? 0) + 1;
    this.#files.records.write(`${text}\n`);
    this.#files.csv.write(csvLine(rowOf(log, index, digest, leaf)));
    if (this.#request.bodies !== 'none' && leaf.body !== undefined) {
      const { status, text: line } = this.#bodies.lineOf(log, index, leaf.body.commitment);
      this.#progress.bodies[status] += 1;
      this.#files.bodies.write(line);
    }
    return true;
  }

  #save(): void {
    const { index, records, csv, bodies } = this.#files;
    this.#progress.bytes = {
      index: index.save(),
      records: records.save(),
      csv: csv.save(),
      bodies: bodies.save(),
    };
    saveProgress(this.#output, this.#progress);
    this.#options.onSaved?.(this.#progress);
  }
}

function nextBundle(index: number): number {
  return (Math.floor(index / tile_width) + 1) * tile_width;
}
