import { type Codec, createCodec, malformed, readFingerprint } from './codec.ts';
import { currentType, historyTypes, type SchemaName } from './schema.ts';
import type {
  AuditRecord,
  Decision,
  Event,
  Fact,
  Incident,
  Signal,
  TimelineEntry,
} from './types.generated.ts';

/** One codec a schema: `codecs.event.encode(event)`, `codecs.event.decode(record)`. */
export const codecs = {
  auditRecord: codecOf<AuditRecord>('audit-record'),
  decision: codecOf<Decision>('decision'),
  event: codecOf<Event>('event'),
  fact: codecOf<Fact>('fact'),
  incident: codecOf<Incident>('incident'),
  signal: codecOf<Signal>('signal'),
  timelineEntry: codecOf<TimelineEntry>('timeline-entry'),
};

function codecOf<T>(name: SchemaName): Codec<T> {
  return createCodec<T>(currentType(name), historyTypes(name));
}

/** A record whose schema only its own header tells; `incidents` carries two kinds. */
export type AnyRecord =
  | { readonly type: 'AuditRecord'; readonly value: AuditRecord }
  | { readonly type: 'Decision'; readonly value: Decision }
  | { readonly type: 'Event'; readonly value: Event }
  | { readonly type: 'Fact'; readonly value: Fact }
  | { readonly type: 'Incident'; readonly value: Incident }
  | { readonly type: 'Signal'; readonly value: Signal }
  | { readonly type: 'TimelineEntry'; readonly value: TimelineEntry };

type Decoder = (record: Buffer) => AnyRecord;

const decoders = new Map<bigint, Decoder>([
  ...each(codecs.auditRecord, (record) => ({
    type: 'AuditRecord',
    value: codecs.auditRecord.decode(record),
  })),
  ...each(codecs.decision, (record) => ({ type: 'Decision', value: codecs.decision.decode(record) })),
  ...each(codecs.event, (record) => ({ type: 'Event', value: codecs.event.decode(record) })),
  ...each(codecs.fact, (record) => ({ type: 'Fact', value: codecs.fact.decode(record) })),
  ...each(codecs.incident, (record) => ({ type: 'Incident', value: codecs.incident.decode(record) })),
  ...each(codecs.signal, (record) => ({ type: 'Signal', value: codecs.signal.decode(record) })),
  ...each(codecs.timelineEntry, (record) => ({
    type: 'TimelineEntry',
    value: codecs.timelineEntry.decode(record),
  })),
]);

function each(codec: { readonly fingerprints: readonly bigint[] }, decoder: Decoder): [bigint, Decoder][] {
  return codec.fingerprints.map((fingerprint) => [fingerprint, decoder]);
}

/**
 * Decodes a record of any of our schemas, by the fingerprint in its header.
 * @throws BW_AVRO_MALFORMED as `Codec.decode`.
 */
export function decodeAny(record: Buffer): AnyRecord {
  const decoder = decoders.get(readFingerprint(record));
  if (decoder === undefined) throw malformed(record, 'unknown schema');
  return decoder(record);
}
