import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';
import type { LeafView } from './evidence/filter.ts';
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
  const sizes = sizesOf(directory, entry.tenant);
  await trail.record([entry]);
  const { type, facts } = entry;
  const ranges = await untilSigned(
    directory,
    entry.tenant,
    sizes,
    (leaf) => leaf.type === type && leaf.facts[by] === facts[by],
    wait_ms,
  );
  if (ranges !== undefined) return ranges;
  throw new BreakwaterError('BW_AUDIT_UNSIGNED', 'A record was not signed in time', {
    type,
    [by]: facts[by],
  });
}

/**
 * A trail whose records are signed when it resolves, of a producer that nobody else is: what is done then has its proof.
 * @throws BW_AUDIT_UNSIGNED when they were not signed in time; they may still become leaves.
 */
export function createSignedTrail(
  directory: string,
  trail: AuditTrail,
  producer: string,
  wait_ms = signed_ms_max,
): AuditTrail {
  /** Records of each tenant. */
  const sent = new Map<string, number>();
  return {
    record: async (entries) => {
      const byTenant = Map.groupBy(entries, ({ tenant }) => tenant);
      const sizes = new Map([...byTenant.keys()].map((tenant) => [tenant, sizesOf(directory, tenant)]));
      await trail.record(entries);
      for (const [tenant, { length }] of byTenant) {
        const next = (sent.get(tenant) ?? 0) + length;
        sent.set(tenant, next);
        const isLast = (leaf: LeafView): boolean =>
          leaf.producer === producer && leaf.sequence === String(next - 1);
        const ranges = await untilSigned(directory, tenant, sizes.get(tenant) ?? new Map(), isLast, wait_ms);
        if (ranges === undefined)
          throw new BreakwaterError('BW_AUDIT_UNSIGNED', 'Records were not signed in time', { tenant });
      }
    },
  };
}

type Sizes = ReadonlyMap<string, number>;

function sizesOf(directory: string, tenant: string): Sizes {
  return new Map(publishedRanges(directory, tenant).map(({ log, size }) => [log, size]));
}

/** The tenant's logs once one of them has such a leaf beyond these sizes; undefined when none has in time. */
async function untilSigned(
  directory: string,
  tenant: string,
  before: Sizes,
  isIt: (leaf: LeafView) => boolean,
  wait_ms: number,
): Promise<LogRange[] | undefined> {
  const deadline_ms = performance.now() + wait_ms;
  do {
    const ranges = publishedRanges(directory, tenant);
    if (ranges.some((range) => hasLeaf(directory, range, before.get(range.log) ?? 0, isIt))) return ranges;
    await setTimeout(poll_interval_ms);
  } while (performance.now() < deadline_ms);
  return undefined;
}

function hasLeaf(
  directory: string,
  { log, size }: LogRange,
  first: number,
  isIt: (leaf: LeafView) => boolean,
): boolean {
  for (const bytes of new TreeReader(join(directory, log), size).entries(Math.min(first, size), size)) {
    const leaf = parseLeafView(bytes.toString());
    if (leaf !== undefined && isIt(leaf)) return true;
  }
  return false;
}
