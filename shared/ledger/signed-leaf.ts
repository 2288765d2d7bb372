import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';
import { parseLeafView } from './evidence/leaf-view.ts';
import { type LogRange, publishedRanges } from './export/published-logs.ts';
import { TreeReader } from './proof.ts';

/** How long a leaf may take to be signed. */
export const signed_ms_max = 30_000;
const poll_interval_ms = 50;

/**
 * Leaves a record and waits until it is signed: what is done then has its proof, and nothing is done while the auditor is
 * down. The fact `by` tells the record from others of its type. Resolves to the logs of the tenant as they are then.
 * @throws BW_AUDIT_UNSIGNED when it was not signed in time; the record may still become a leaf.
 */
export async function recordSigned(
  directory: string,
  trail: AuditTrail,
  entry: AuditEntry,
  by: string,
  wait_ms = signed_ms_max,
): Promise<LogRange[]> {
  const before = new Map(publishedRanges(directory, entry.tenant).map(({ log, size }) => [log, size]));
  await trail.record([entry]);
  const deadline_ms = performance.now() + wait_ms;
  do {
    const ranges = publishedRanges(directory, entry.tenant);
    if (ranges.some((range) => hasLeaf(directory, range, before.get(range.log) ?? 0, entry, by)))
      return ranges;
    await setTimeout(poll_interval_ms);
  } while (performance.now() < deadline_ms);
  throw new BreakwaterError('BW_AUDIT_UNSIGNED', 'A record was not signed in time', {
    type: entry.type,
    [by]: entry.facts[by],
  });
}

function hasLeaf(
  directory: string,
  { log, size }: LogRange,
  first: number,
  { type, facts }: AuditEntry,
  by: string,
): boolean {
  for (const bytes of new TreeReader(join(directory, log), size).entries(Math.min(first, size), size)) {
    const leaf = parseLeafView(bytes.toString());
    if (leaf?.type === type && leaf.facts[by] === facts[by]) return true;
  }
  return false;
}
