import { leafHash } from '#shared/ledger/merkle.ts';
import { parseLeaf } from '#shared/ledger/records/leaf.ts';
import { auditStream } from '#shared/search/names.ts';
import type { SearchWrite } from '#shared/search/port.ts';

/** The document id of a leaf: the same leaf is never indexed twice. */
export function documentId(log: string, index: number): string {
  return `${log}:${index}`;
}

/** The search copy of one leaf; `event.original` has its exact bytes. */
export function copyOf(namespace: string, log: string, index: number, entry: Buffer): SearchWrite {
  const leaf = parseLeaf(entry);
  const document = {
    '@timestamp': isoTime(leaf.time_us),
    event: {
      kind: 'event',
      dataset: 'breakwater.audit',
      module: 'breakwater',
      action: leaf.type,
      outcome: leaf.outcome,
      created: isoTime(leaf.received_us),
      original: entry.toString(),
    },
    audit: {
      log,
      leaf_index: index,
      leaf_hash: Buffer.from(leafHash(entry), 'binary').toString('hex'),
      type: leaf.type,
      producer: leaf.producer,
      sequence: Number(leaf.sequence),
      tenant: leaf.tenant,
      facts: leaf.facts,
    },
  };
  return {
    index: auditStream(namespace),
    id: documentId(log, index),
    action: 'create',
    document: JSON.stringify(document),
  };
}

/** Microseconds since the epoch as ISO 8601. */
function isoTime(time_us: string): string {
  const time = BigInt(time_us);
  const milliseconds = time / 1000n;
  const rest = String(((time % 1000n) + 1000n) % 1000n).padStart(3, '0');
  return new Date(Number(milliseconds)).toISOString().replace('Z', `${rest}Z`);
}
