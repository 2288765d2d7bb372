import type { Decision, Fact, Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import type { StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import { decodeRecord } from '#shared/service/decode.ts';

/** What the correlator reads: topics of equal partition count, keyed by scope. */
export const inputTopics = ['signals', 'facts', 'decisions'] as const;

/** One record, read. */
export type Input =
  | { readonly kind: 'signal'; readonly value: Signal; readonly record: StreamRecord }
  | { readonly kind: 'fact'; readonly value: Fact; readonly record: StreamRecord }
  | { readonly kind: 'decision'; readonly value: Decision; readonly record: StreamRecord }
  | {
      readonly kind: 'reject';
      readonly reason: string;
      readonly detail: string;
      readonly record: StreamRecord;
    };

/** Reads the records of a batch by the topic that they are in. */
export function readInputs({ topic, records }: StreamBatch): readonly Input[] {
  return records.map((record) => readInput(topic, record));
}

function readInput(topic: string, record: StreamRecord): Input {
  if (topic === 'signals') {
    const read = decodeRecord(record.value, (bytes) => codecs.signal.decode(bytes));
    return read.kind === 'value' ? { kind: 'signal', value: read.value, record } : { ...read, record };
  }
  if (topic === 'facts') {
    const read = decodeRecord(record.value, (bytes) => codecs.fact.decode(bytes));
    return read.kind === 'value' ? { kind: 'fact', value: read.value, record } : { ...read, record };
  }
  const read = decodeRecord(record.value, (bytes) => codecs.decision.decode(bytes));
  return read.kind === 'value' ? { kind: 'decision', value: read.value, record } : { ...read, record };
}
