import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { checkpointText, type NoteSigner } from '../note.ts';
import { readIfPresent, replaceFile } from './files.ts';
import { frameEntries } from './frames.ts';
import { type Head, HeadFile, readHead } from './head.ts';
import { acquireLock, type Lock } from './lock.ts';
import { LogFiles } from './log-files.ts';
import { rebuildEdge, requireNotBehind } from './recover.ts';
import { listSegments, removeSegment, Segment, segmentName } from './segment.ts';
import { Serial } from '#shared/serial/serial.ts';
import { type Bound, writerFolder } from './bound.ts';
import { type Resource, TreeEdge } from './tree-edge.ts';

/** Called before each step that a crash may fall between; for drills. */
export type WriterStep =
  | 'claim'
  | 'rebuild'
  | 'segment'
  | 'segment-flush'
  | 'head'
  | 'fence'
  | 'tiles'
  | 'partials'
  | 'checkpoint'
  | 'rotate'
  | 'retire';

export interface LogWriterOptions {
  /** The ledger directory, which holds many logs. */
  readonly directory: string;
  /** The log's folder name. */
  readonly log: string;
  /** Its name is the log's origin. */
  readonly signer: NoteSigner;
  /** A segment that has grown beyond this is closed. */
  readonly segment_bytes_max?: number;
  readonly onStep?: (step: WriterStep) => void;
}

const default_segment_bytes_max = 64 * 1024 * 1024;

/**
 * The only writer of one log. `append` makes leaves durable and binds the log to them; `publish` signs what is bound.
 * The order on disk: entries in the segment, head, full tiles and bundles, partial ones, checkpoint. A crash between
 * any two loses nothing that `append` acknowledged, and what was bound is what will be signed.
 *
 * Calls queue behind one another. After an error every further call fails with it: open the log anew.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #files: LogFiles;
  readonly #stateFolder: string;
  readonly #lock: Lock;
  readonly #heads: HeadFile;
  #head: Head;
  #edge: TreeEdge;
  #segment: Segment;
  #segments = 1;
  #retiring: Promise<void> = Promise.resolve();
  /** The newest checkpoint, with our signature alone. */
  #published: Buffer = Buffer.alloc(0);
  readonly #queue = new Serial();
  #failure: { readonly error: unknown } | undefined;

  private constructor(
    options: LogWriterOptions,
    lock: Lock,
    heads: HeadFile,
    recovered: { readonly head: Head; readonly edge: TreeEdge; readonly segment: Segment },
  ) {
    this.#options = options;
    this.#files = new LogFiles(join(options.directory, options.log));
    this.#stateFolder = writerFolder(options.directory, options.log);
    this.#lock = lock;
    this.#heads = heads;
    this.#head = recovered.head;
    this.#edge = recovered.edge;
    this.#segment = recovered.segment;
  }

  /**
   * Opens or creates the log, makes again what a crash may have left undone, and publishes what was bound.
   * @throws BW_LEDGER_LOCKED, BW_LEDGER_FENCED: there is another writer. BW_LEDGER_CORRUPT: the files are damaged.
   */
  static async open(options: LogWriterOptions): Promise<LogWriter> {
    const folder = writerFolder(options.directory, options.log);
    mkdirSync(folder, { recursive: true });
    const lock = acquireLock(join(folder, 'lock'));
    try {
      return await LogWriter.#recover(options, folder, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  static async #recover(options: LogWriterOptions, folder: string, lock: Lock): Promise<LogWriter> {
    options.onStep?.('claim');
    const heads = await HeadFile.claim(folder);
    const head = readHead(folder);
    requireNotBehind(head, readIfPresent(join(options.directory, options.log, 'checkpoint')));
    options.onStep?.('rebuild');
    const rebuilt: Resource[] = [];
    const edge =
      head === undefined ? new TreeEdge() : rebuildEdge(folder, head, (each) => rebuilt.push(each));
    const earlier = listSegments(folder);
    const segment = await createSegment(folder, segmentName(heads.epoch, 0), edge);
    const next = nextHead(heads.epoch, head, edge, segment, head?.state ?? '');
    const writer = new LogWriter(options, lock, heads, { head: next, edge, segment });
    await writer.#bind(next);
    heads.removeEarlier();
    writer.#files.writeFull(rebuilt);
    writer.#retire(earlier);
    writer.#publishNow();
    replaceFile(join(options.directory, `${options.log}.vkey`), `${options.signer.vkey}\n`);
    return writer;
  }

  /** Number of leaves that the log is bound to. */
  get size(): number {
    return this.#head.size;
  }

  /** The state given with the last `append`; empty text before the first. */
  get state(): string {
    return this.#head.state;
  }

  /** What the log is bound to. */
  get bound(): Bound {
    const { size, root, state } = this.#head;
    return { size, root: Buffer.from(root, 'hex'), state };
  }

  /**
   * Adds entries, each 1 to 65,535 bytes, and binds the log to them and to `state` in one step. When it resolves they
   * are on the disk.
   * @throws BW_LEDGER_LEAF_TOO_LARGE before anything is written.
   */
  append(entries: readonly Uint8Array[], state: string): Promise<Bound> {
    const frames = frameEntries(entries);
    return this.#enqueue(() => this.#append(frames, state));
  }

  /** Signs and publishes the checkpoint of what is bound; returns its bytes. */
  publish(): Promise<Buffer> {
    return this.#enqueue(() => Promise.resolve(this.#publishNow()));
  }

  /**
   * Adds the signature lines of others to the published checkpoint; false when it has been replaced since. `published`
   * is what `publish` returned.
   */
  addSignatures(published: Buffer, lines: readonly string[]): Promise<boolean> {
    return this.#enqueue(() => {
      if (!this.#published.equals(published)) return Promise.resolve(false);
      this.#files.writeCheckpoint(Buffer.concat([published, Buffer.from(lines.join(''))]));
      return Promise.resolve(true);
    });
  }

  /** Waits for what is under way and lets another writer in. */
  async close(): Promise<void> {
    await this.#queue.run(() => this.#retiring);
    this.#failure ??= { error: new BreakwaterError('BW_LEDGER_FENCED', 'This writer is closed') };
    this.#segment.close();
    this.#heads.close();
    this.#lock.release();
  }

  async #append(frames: Buffer, state: string): Promise<Bound> {
    const durable = this.#writeSegment(frames);
    // The hashes are computed meanwhile; nothing of them is written before the head.
    const completed = this.#edge.append(frames);
    await durable;
    await this.#bind(nextHead(this.#heads.epoch, this.#head, this.#edge, this.#segment, state));
    this.#step('tiles');
    this.#files.writeFull(completed);
    if (this.#segment.bytes > (this.#options.segment_bytes_max ?? default_segment_bytes_max))
      await this.#rotate();
    return this.bound;
  }

  async #writeSegment(frames: Buffer): Promise<void> {
    this.#step('segment');
    await this.#segment.write(frames);
    this.#step('segment-flush');
    await this.#segment.flush();
  }

  async #bind(head: Head): Promise<void> {
    this.#step('head');
    await this.#heads.write(head);
    this.#step('fence');
    this.#heads.requireUnfenced();
    this.#head = head;
  }

  #publishNow(): Buffer {
    this.#step('partials');
    this.#files.writePartials(this.#edge.partials());
    const { signer } = this.#options;
    const text = checkpointText(signer.name, this.#head.size, Buffer.from(this.#head.root, 'hex'));
    const checkpoint = Buffer.from(`${text}\n${signer.sign(text)}`);
    this.#step('checkpoint');
    this.#files.writeCheckpoint(checkpoint);
    this.#published = checkpoint;
    return checkpoint;
  }

  /** Goes on in a new segment; the old one goes once the disk has all that was made from it. */
  async #rotate(): Promise<void> {
    this.#step('rotate');
    await this.#retiring;
    const old = this.#segment;
    this.#segment = await createSegment(
      this.#stateFolder,
      segmentName(this.#heads.epoch, this.#segments),
      this.#edge,
    );
    this.#segments += 1;
    await this.#bind(nextHead(this.#heads.epoch, this.#head, this.#edge, this.#segment, this.#head.state));
    old.close();
    this.#retire([old.name]);
  }

  /** Removes segments once the disk has what was made from them until now. */
  #retire(segments: readonly string[]): void {
    this.#retiring = this.#files.flushFull().then(
      () => {
        this.#step('retire');
        for (const name of segments) removeSegment(this.#stateFolder, name);
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
  }

  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        return await task();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
  }

  #step(step: WriterStep): void {
    this.#options.onStep?.(step);
  }
}

/** A segment that begins at the last multiple of 256, with the partial bundle's entries. */
function createSegment(folder: string, name: string, edge: TreeEdge): Promise<Segment> {
  const levels = edge.tileLevels().map((digests, level) => (level === 0 ? Buffer.alloc(0) : digests));
  return Segment.create(folder, name, levels, edge.partialBundle());
}

function nextHead(
  epoch: number,
  previous: Head | undefined,
  edge: TreeEdge,
  segment: Segment,
  state: string,
): Head {
  return {
    epoch,
    revision: (previous?.revision ?? 0) + 1,
    size: edge.size,
    root: Buffer.from(edge.root(), 'binary').toString('hex'),
    segment: segment.name,
    segment_bytes: segment.bytes,
    state,
  };
}
