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
    headers: message.headers === undefined ? {} : toHeaders(message.headers),
  };
}

/** Of a header that is repeated, the last counts. */
function toHeaders(headers: IHeaders): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    return [name, last?.toString() ?? ''];
  });
  return Object.fromEntries(entries);
}

export function toMessage(record: OutgoingRecord, partition: number): Message {
  return {
    partition,
    key: record.key ?? null,
    value: record.value ?? null,
    ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
    ...(record.timestamp_ms === undefined ? {} : { timestamp: String(record.timestamp_ms) }),
  };
}
