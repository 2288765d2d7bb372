import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { OutgoingRecord, StreamRecord } from '../port.ts';

export function toStreamRecord(topic: string, partition: number, message: KafkaMessage): StreamRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp_ms: Number(message.timestamp),
    key: message.key ?? undefined,
    value: message.value ?? undefined,
    headers: toHeaders(message.headers),
  };
}

/** Of a header that is repeated, the last counts. */
function toHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    texts[name] = last?.toString() ?? '';
  }
  return texts;
}

export function toMessage(record: OutgoingRecord, partition: number): Message {
  const message: Message = { partition, key: record.key ?? null, value: record.value ?? null };
  if (record.headers !== undefined) message.headers = { ...record.headers };
  if (record.timestamp_ms !== undefined) message.timestamp = String(record.timestamp_ms);
  return message;
}
