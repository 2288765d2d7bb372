import type { OutgoingRecord } from '#shared/kafka/port.ts';

const day_seconds = 86_400;

/**
 * The recorded stream as it would come `days` later from things that were made anew: times are later, and identifiers
 * (UUIDs, containers, digests) are others, the same ones everywhere; up to 15 days, then identifiers come again. So a
 * short recording becomes a long stream that a pipeline takes for new.
 */
export function daysLater(records: readonly OutgoingRecord[], days: number): OutgoingRecord[] {
  return records.map((record) => ({
    ...record,
    key: record.key === undefined ? undefined : shift(String(record.key), days),
    value: record.value === undefined ? undefined : Buffer.from(shift(record.value.toString(), days)),
    timestamp_ms: (record.timestamp_ms ?? 0) + days * day_seconds * 1000,
  }));
}

function shift(text: string, days: number): string {
  return (
    text
      .replace(/\b20\d\d-\d\d-\d\d(?=T\d\d:)/g, (date) =>
        new Date(Date.parse(date) + days * day_seconds * 1000).toISOString().slice(0, 10),
      )
      // Seconds since the epoch, or the seconds of milliseconds, microseconds or nanoseconds.
      .replace(/\b1[78]\d{8}(?=(?:\d{3}){0,3}\b)/g, (seconds) => String(Number(seconds) + days * day_seconds))
      // The first digit alone, so that what begins like another identifier still does.
      .replace(/\b[0-9a-f](?=[0-9a-f]{7}-[0-9a-f]{4}-)|\b(?=\d*[a-f])[0-9a-f](?=[0-9a-f]{11,}\b)/g, (digit) =>
        ((Number.parseInt(digit, 16) + days) % 16).toString(16),
      )
  );
}
