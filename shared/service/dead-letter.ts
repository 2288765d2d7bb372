import type { OutgoingRecord, StreamRecord } from '#shared/kafka/port.ts';

/** Longest text of a reason or a detail in a header, in characters. */
const header_text_max = 500;

/** A record for the dead-letter topic: the bytes as they came, and in the headers where from and why. */
export function deadLetter(
  topic: string,
  record: StreamRecord,
  reason: string,
  detail: string,
): OutgoingRecord {
  return {
    topic,
    key: record.key,
    value: record.value ?? Buffer.alloc(0),
    timestamp_ms: record.timestamp_ms,
    headers: {
      ...record.headers,
      'breakwater-reason': reason.slice(0, header_text_max),
      'breakwater-detail': detail.slice(0, header_text_max),
      'breakwater-topic': record.topic,
      'breakwater-partition': String(record.partition),
      'breakwater-offset': String(record.offset),
    },
  };
}
