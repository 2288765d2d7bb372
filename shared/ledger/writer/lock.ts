import { DatabaseSync } from 'node:sqlite';
import { BreakwaterError } from '#shared/errors/error.ts';

export interface Lock {
  release(): void;
}

/**
 * Takes the exclusive lock of the file at `path`, for as long as this process lives. The kernel holds it (fcntl, by
 * way of SQLite, which is the only part of Node that takes file locks), so it ends with the process, however that
 * ends, and holds between containers that share a volume.
 * @throws BW_LEDGER_LOCKED when another writer has it.
 */
export function acquireLock(path: string): Lock {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new BreakwaterError('BW_LEDGER_LOCKED', 'Another writer has this log open', { path }, error);
  }
  return { release: () => database.close() };
}
