import { join } from 'node:path';
import { z } from 'zod';
import { listLogs } from '../evidence/ledger.ts';
import { minimumIndexOf } from '../evidence/minimum-index.ts';
import { logPrefix, parseLogName } from '../log-name.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import { readIfPresent } from '../writer/files.ts';

/** A stretch of one log. */
export const logRangeSchema = z.strictObject({
  log: z.string(),
  /** The checkpoint that it is bound to, as it was published. */
  checkpoint: z.string(),
  size: z.number(),
  range_first: z.number(),
  range_next: z.number(),
});

export type LogRange = z.infer<typeof logRangeSchema>;

/** All leaves that a tenant's logs have, as they are published. */
export function publishedRanges(directory: string, tenant: string): LogRange[] {
  const prefix = logPrefix(tenant);
  return listLogs(directory)
    .filter((log) => parseLogName(log)?.prefix === prefix)
    .flatMap((log) => {
      const checkpoint = readIfPresent(join(directory, log, 'checkpoint'))?.toString();
      if (checkpoint === undefined) return [];
      const { size } = parseCheckpointText(splitNote(Buffer.from(checkpoint)).text);
      return [{ log, checkpoint, size, range_first: minimumIndexOf(directory, log), range_next: size }];
    });
}
