import { hash } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { flushData, flushPath, readIfPresent } from './files.ts';

const count = z.number().int().nonnegative();

/**
 * What the writer has bound itself to: the root that it will sign for `size`, never another, and where the bytes
 * behind it lie. It is on the disk before anything of it can be seen outside.
 */
const headSchema = z.strictObject({
  /** Which writer: grows by one whenever the log is opened. */
  epoch: count,
  /** Grows by one with every write. */
  revision: count,
  size: count,
  /** Hex. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  /** The segment that holds the newest entries, and its length at this head. */
  segment: z.string(),
  segment_bytes: count,
  /** What the caller keeps in step with the log, such as input offsets. JSON text. */
  state: z.string(),
});

export type Head = z.infer<typeof headSchema>;

/** Slots are padded to this, so that a rewrite seldom changes the file's length, which a flush would pay for. */
const slot_bytes = 4096;

/**
 * The head of one log for one epoch: two slots written in turn, each with a checksum, so that a torn write leaves the
 * other. Every epoch has its own files: a writer that was replaced cannot overwrite its successor's head.
 */
export class HeadFile {
  readonly epoch: number;
  readonly #folder: string;
  readonly #slots: readonly [number, number];

  private constructor(folder: string, epoch: number, slots: readonly [number, number]) {
    this.#folder = folder;
    this.epoch = epoch;
    this.#slots = slots;
  }

  /**
   * Takes the next epoch; from here on earlier writers are fenced. Read the head only after this.
   * @throws BW_LEDGER_FENCED when another writer took the same epoch at the same time.
   */
  static async claim(folder: string): Promise<HeadFile> {
    const epoch = Math.max(0, ...listEpochs(folder)) + 1;
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    try {
      const heads = new HeadFile(folder, epoch, [
        openSync(slotPath(folder, epoch, 0), flags),
        openSync(slotPath(folder, epoch, 1), flags),
      ]);
      await flushPath(folder);
      return heads;
    } catch (error) {
      throw new BreakwaterError(
        'BW_LEDGER_FENCED',
        'Another writer opened the log at this moment',
        { folder, epoch },
        error,
      );
    }
  }

  /** Resolves when the disk has the head. */
  async write(head: Head): Promise<void> {
    const text = JSON.stringify(head);
    const line = `${hash('sha256', text)} ${text}\n`;
    const bytes = Buffer.alloc(Math.ceil(Buffer.byteLength(line) / slot_bytes) * slot_bytes, ' ');
    bytes.write(line);
    const slot = this.#slots[head.revision % 2 === 0 ? 0 : 1];
    writeSync(slot, bytes, 0, bytes.length, 0);
    await flushData(slot);
  }

  /**
   * To be asked after `write` and before anything is signed: a successor that did not see our head has its epoch on
   * disk by now, and one that comes later will see it.
   * @throws BW_LEDGER_FENCED when there is a successor.
   */
  requireUnfenced(): void {
    const newest = Math.max(...listEpochs(this.#folder));
    if (newest === this.epoch) return;
    throw new BreakwaterError('BW_LEDGER_FENCED', 'Another writer has taken over the log', {
      folder: this.#folder,
      epoch: this.epoch,
      newest_epoch: newest,
    });
  }

  /** Removes the heads of earlier epochs; once the first head of this one is written. */
  removeEarlier(): void {
    for (const epoch of listEpochs(this.#folder)) {
      if (epoch >= this.epoch) continue;
      for (const slot of [0, 1] as const) rmSync(slotPath(this.#folder, epoch, slot), { force: true });
    }
  }

  close(): void {
    for (const slot of this.#slots) closeSync(slot);
  }
}

/** The newest intact head of the log in `folder`; undefined before the first. */
export function readHead(folder: string): Head | undefined {
  for (const epoch of listEpochs(folder)) {
    const heads = ([0, 1] as const).map((slot) => readSlot(slotPath(folder, epoch, slot)));
    const [newest] = heads.filter((head) => head !== undefined).sort((a, b) => b.revision - a.revision);
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** Newest first. */
function listEpochs(folder: string): number[] {
  const epochs = readdirSync(folder).flatMap((name) => /^head-(\d+)\.[01]$/.exec(name)?.[1] ?? []);
  return [...new Set(epochs.map(Number))].sort((a, b) => b - a);
}

function slotPath(folder: string, epoch: number, slot: 0 | 1): string {
  return join(folder, `head-${epoch}.${slot}`);
}

function readSlot(path: string): Head | undefined {
  const text = readIfPresent(path)?.toString() ?? '';
  const line = text.slice(0, Math.max(0, text.indexOf('\n')));
  const [checksum, body] = [line.slice(0, 64), line.slice(65)];
  if (hash('sha256', body) !== checksum) return undefined;
  return headSchema.parse(JSON.parse(body));
}
