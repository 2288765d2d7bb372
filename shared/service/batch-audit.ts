import type { StreamBatch, StreamGap } from '#shared/kafka/port.ts';
import { sealItems } from '#shared/ledger/batch/item-tree.ts';
import type { AuditEntry } from './audit-trail.ts';
import type { Tally } from './conservation.ts';

const nothing = Buffer.alloc(0);

/** The audit record of a handled batch: where it came from, a Merkle root over its exact bytes, what became of it. The body proves single records. */
export function batchEntry(
  type: string,
  tenant: string,
  time_ns: bigint,
  batch: StreamBatch,
  tally: Tally,
): AuditEntry {
  const { root, body } = sealItems(batch.records.map((record) => record.value ?? nothing));
  return {
    tenant,
    type,
    time_ns,
    outcome: 'success',
    body,
    facts: {
      topic: batch.topic,
      partition: String(batch.partition),
      offset_first: String(batch.records[0]?.offset ?? ''),
      offset_last: String(batch.records.at(-1)?.offset ?? ''),
      root: root.toString('hex'),
      ...tallyFacts(tally),
    },
  };
}

/** The audit record of records that retention removed before they were read. */
export function gapEntry(tenant: string, time_ns: bigint, gap: StreamGap): AuditEntry {
  return {
    tenant,
    type: 'source.loss',
    time_ns,
    outcome: 'failure',
    facts: {
      topic: gap.topic,
      partition: String(gap.partition),
      offset_from: String(gap.from),
      offset_to: String(gap.to),
      records: String(gap.to - gap.from),
    },
  };
}

function tallyFacts(tally: Tally): Record<string, string> {
  const facts: Record<string, string> = {
    records: String(tally.records),
    ok: String(tally.ok),
    duplicate: String(tally.duplicate),
  };
  for (const [reason, count] of Object.entries(tally.drop)) facts[`drop.${reason}`] = String(count);
  for (const [reason, count] of Object.entries(tally.reject)) facts[`reject.${reason}`] = String(count);
  return facts;
}
