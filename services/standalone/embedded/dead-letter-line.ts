import { isUtf8 } from 'node:buffer';
import type { StreamRecord } from '#shared/kafka/port.ts';

/** A dead letter as one line of `dlq.ndjson`: why, where from, and the exact bytes (as text where they are UTF-8). */
export function deadLetterLine(record: StreamRecord): string {
  const { headers } = record;
  return JSON.stringify({
    reason: headers['breakwater-reason'],
    detail: headers['breakwater-detail'],
    topic: headers['breakwater-topic'],
    partition: Number(headers['breakwater-partition']),
    offset: Number(headers['breakwater-offset']),
    timestamp: record.timestamp_ms,
    ...bytesOf(record.value ?? Buffer.alloc(0)),
  });
}

/** A line of the input that is no record, as one line of `dlq.ndjson`. */
export function unusableLine(line: Buffer, line_number: number, reason: string): string {
  return JSON.stringify({ reason, detail: `line ${line_number}`, ...bytesOf(line) });
}

function bytesOf(value: Buffer): { readonly value: string } | { readonly value_base64: string } {
  return isUtf8(value) ? { value: value.toString('utf8') } : { value_base64: value.toString('base64') };
}
