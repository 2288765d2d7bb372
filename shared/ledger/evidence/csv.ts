import type { LeafView } from './filter.ts';

/** The columns of `records.csv` and `records.parquet`. */
export const columns = [
  'log',
  'index',
  'leaf_hash',
  'time',
  'received',
  'type',
  'outcome',
  'producer',
  'sequence',
  'tenant',
  'facts',
  'body_commitment',
] as const;

/** The cells of one leaf, all text, in the order of `columns`. */
export function rowOf(log: string, index: number, leafHash: string, leaf: LeafView): string[] {
  return [
    log,
    String(index),
    leafHash,
    isoTime(leaf.time_us),
    isoTime(leaf.received_us),
    leaf.type,
    leaf.outcome,
    leaf.producer,
    leaf.sequence,
    leaf.tenant,
    JSON.stringify(leaf.facts),
    leaf.body?.commitment ?? '',
  ];
}

/** One line of RFC 4180, ended by CR LF. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
function csvCell(text: string): string {
  if (!/^[=+\-@\t\r]|[",\r\n]/.test(text)) return text;
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const second_us = 1_000_000;
/** Seconds as text: rows one after the other are mostly of the same few. */
const seconds = new Map<number, string>();
const seconds_cached_max = 64;
/** The last date that there is, either way. */
const date_seconds_max = 8.64e12;

/** Microseconds since the epoch as ISO 8601 in UTC; as they are when there is no such date. */
export function isoTime(time_us: string): string {
  const time = Number(time_us);
  // Times of this age are exact as numbers, which are faster.
  const rest = Number.isSafeInteger(time)
    ? ((time % second_us) + second_us) % second_us
    : Number(((BigInt(time_us) % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const second = Math.round((time - rest) / second_us);
  if (Math.abs(second) > date_seconds_max) return time_us;
  return `${isoSecond(second).slice(0, -'000Z'.length)}${String(rest).padStart(6, '0')}Z`;
}

function isoSecond(second: number): string {
  const known = seconds.get(second);
  if (known !== undefined) return known;
  const text = new Date(second * 1000).toISOString();
  if (seconds.size >= seconds_cached_max) seconds.clear();
  seconds.set(second, text);
  return text;
}
