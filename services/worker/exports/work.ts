import { existsSync } from 'node:fs';
import type { Clock } from '#shared/clock/clock.ts';
import type { Exports } from '#shared/ledger/export/exports.ts';
import { bundleFolder, isRunnable } from '#shared/ledger/export/request.ts';
import { orderOf, type Schedule } from './schedules.ts';

export interface ExportWorkOptions {
  readonly exports: Exports;
  readonly data_folder: string;
  readonly schedules: readonly Schedule[];
  /** How long bundles are kept. */
  readonly keep_ms: number;
  readonly clock: Clock;
}

/** Who removes bundles that have been kept for long enough. */
const service = 'service:worker';

/** What the worker does about exports; each may be done again after an interruption. */
export class ExportWork {
  readonly #options: ExportWorkOptions;

  constructor(options: ExportWorkOptions) {
    this.#options = options;
  }

  /** Writes the bundle of an export, or goes on with it. */
  async write(id: string): Promise<void> {
    const { exports, data_folder } = this.#options;
    await exports.create(id, bundleFolder(data_folder, id));
  }

  /** Asks for what a schedule wants; gives the export if nobody has to approve it. */
  async ask(name: string, due_ms: number): Promise<string | undefined> {
    const schedule = this.#options.schedules.find((each) => each.name === name);
    if (schedule === undefined) return undefined;
    const { id, order } = orderOf(schedule, due_ms);
    const asked = await this.#options.exports.request(order, id);
    return isRunnable(asked) ? id : undefined;
  }

  /** Exports that nothing stands in the way of and that have no bundle: their jobs may have been lost. */
  waiting(): readonly string[] {
    return this.#options.exports
      .list()
      .filter(isRunnable)
      .map(({ id }) => id);
  }

  /** Removes bundles that have been kept for long enough. */
  async expire(): Promise<void> {
    const { exports, data_folder, keep_ms, clock } = this.#options;
    for (const { id, status, created_ms = 0 } of exports.list()) {
      const folder = bundleFolder(data_folder, id);
      const isOver = status === 'created' && created_ms + keep_ms <= clock.now_ms();
      // What the command line wrote elsewhere is not ours to remove.
      if (isOver && existsSync(folder)) await exports.expire(id, folder, service);
    }
  }
}
