import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { listLogs } from '../evidence/ledger.ts';
import { minimumIndexOf } from '../evidence/minimum-index.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { logPrefix, parseLogName } from '../log-name.ts';
import { TreeReader } from '../proof.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import { readIfPresent } from '../writer/files.ts';
import type { LogRange } from './request.ts';

/** How long a leaf may take to be signed. */
const signed_ms_max = 30_000;
const poll_interval_ms = 100;

/** All leaves that a tenant's logs have, as they are published. */
export function publishedRanges(directory: string, tenant: string): LogRange[] {
  const prefix = logPrefix(tenant);
  return listLogs(directory)
    .filter((log) => parseLogName(log)?.prefix === prefix)
    .map((log) => {
      const checkpoint = (readIfPresent(join(directory, log, 'checkpoint')) ?? '').toString();
      const { size } = parseCheckpointText(splitNote(Buffer.from(checkpoint)).text);
      return { log, checkpoint, size, range_first: minimumIndexOf(directory, log), range_next: size };
    });
}

/**
 * Waits until the leaf that says that an export was requested is signed, so that the export proves that it was asked
 * for. `before`: the logs as they were before it was written.
 * @throws BW_EXPORT_UNLOGGED when that takes too long.
 */
export async function waitForRequest(
  directory: string,
  tenant: string,
  id: string,
  before: readonly LogRange[],
): Promise<LogRange[]> {
  const deadline_ms = performance.now() + signed_ms_max;
  while (performance.now() < deadline_ms) {
    const ranges = publishedRanges(directory, tenant);
    const isSigned = ranges.some((range) => {
      const first = before.find(({ log }) => log === range.log)?.size ?? 0;
      return hasRequest(join(directory, range.log), Math.min(first, range.size), range.size, id);
    });
    if (isSigned) return ranges;
    await setTimeout(poll_interval_ms);
  }
  throw new BreakwaterError('BW_EXPORT_UNLOGGED', 'The request was not signed in time', { export: id });
}

function hasRequest(folder: string, first: number, size: number, id: string): boolean {
  for (const entry of new TreeReader(folder, size).entries(first, size)) {
    const leaf = parseLeafView(entry.toString());
    if (leaf?.type === 'export.requested' && leaf.facts['export'] === id) return true;
  }
  return false;
}
