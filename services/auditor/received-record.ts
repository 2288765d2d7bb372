import { codecs } from '#shared/avro/codecs.ts';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { decodeRecord } from '#shared/service/decode.ts';
import { decisionOf, type DerivedRecord, detectionOf, withoutNames } from './derived-records.ts';

/** A message of a topic that the auditor reads. */
export interface ReceivedRecord {
  readonly content: ReceivedContent;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly received_ms: number;
}

export type ReceivedContent =
  /** A producer's own audit record. */
  | { readonly kind: 'record'; readonly record: AuditRecord }
  /** A record of another topic, which is known by its place there. */
  | { readonly kind: 'derived'; readonly record: DerivedRecord }
  /** Bytes that are no record; that is logged too. */
  | { readonly kind: 'malformed'; readonly bytes: Buffer };

/** The topic of what producers report themselves. */
export const auditTopic = 'audit';

/**
 * What a message is for the ledger, by the topic that it came from; undefined when it gets no leaf of its own. `secret`
 * makes the pseudonyms of people.
 */
export function contentOf(record: StreamRecord, secret: Buffer): ReceivedContent | undefined {
  const bytes = record.value ?? Buffer.alloc(0);
  if (record.topic === auditTopic) {
    const decoded = decodeRecord(record.value, (value) => codecs.auditRecord.decode(value));
    return decoded.kind === 'value'
      ? { kind: 'record', record: withoutNames(decoded.value, secret) }
      : { kind: 'malformed', bytes };
  }
  const derived = record.topic === 'signals' ? detectionOf(record, secret) : decisionOf(record, secret);
  if (derived.kind === 'reject') return { kind: 'malformed', bytes };
  return derived.value === undefined ? undefined : { kind: 'derived', record: derived.value };
}
