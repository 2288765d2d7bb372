import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { LeafView } from '../evidence/filter.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { listLogs } from '../evidence/ledger.ts';
import { minimumIndexOf } from '../evidence/minimum-index.ts';
import { logPrefix, parseLogName, tenantOf } from '../log-name.ts';
import { TreeReader } from '../proof.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import { readIfPresent } from '../writer/files.ts';

/** A leaf and where it is. */
export interface PlacedLeaf {
  readonly log: string;
  readonly index: number;
  readonly leaf: LeafView;
}

/** Leaves between two pauses in which other work of the process goes on. */
const leaves_between_pauses = 1_024;

/** The tenants that have a log. */
export function tenantsOf(directory: string): ReadonlySet<string> {
  const logs = listLogs(directory).map(parseLogName);
  return new Set(logs.flatMap((name) => (name === undefined ? [] : (tenantOf(name.prefix) ?? []))));
}

/** The published logs of a tenant, oldest first. */
export function logsOfTenant(directory: string, tenant: string): string[] {
  const prefix = logPrefix(tenant);
  return listLogs(directory).filter((log) => parseLogName(log)?.prefix === prefix);
}

/** Number of leaves that a log has published. */
export function publishedSize(directory: string, log: string): number {
  const checkpoint = readIfPresent(join(directory, log, 'checkpoint')) ?? Buffer.alloc(0);
  return parseCheckpointText(splitNote(checkpoint).text).size;
}

/** The leaves of one log that are not pruned, in order. Pauses now and then. */
export async function* leavesOfLog(directory: string, log: string): AsyncGenerator<PlacedLeaf> {
  const size = publishedSize(directory, log);
  let index = Math.min(minimumIndexOf(directory, log), size);
  for (const entry of new TreeReader(join(directory, log), size).entries(index, size)) {
    const leaf = parseLeafView(entry.toString());
    if (leaf !== undefined) yield { log, index, leaf };
    index += 1;
    if (index % leaves_between_pauses === 0) await setImmediate();
  }
}
