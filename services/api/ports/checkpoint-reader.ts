import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A log's newest signed checkpoint and the key that checks it, as text. */
export interface LogCheckpoint {
  readonly log: string;
  readonly checkpoint: string;
  readonly verifier_key: string;
}

export interface CheckpointReader {
  read(): Promise<readonly LogCheckpoint[]>;
}

/** Reads `<folder>/<log>.vkey` and `<folder>/<log>/checkpoint`, as the auditor writes them. */
export function createCheckpointReader(folder: string): CheckpointReader {
  return {
    read: async () => {
      const names = await readdir(folder).catch(emptyWhenAbsent);
      const logs = names
        .filter((name) => name.endsWith('.vkey'))
        .map((name) => name.slice(0, -'.vkey'.length));
      const all = logs.toSorted().map(async (log) => ({
        log,
        checkpoint: await readFile(join(folder, log, 'checkpoint'), 'utf8'),
        verifier_key: (await readFile(join(folder, `${log}.vkey`), 'utf8')).trim(),
      }));
      return Promise.all(all);
    },
  };
}

function emptyWhenAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
