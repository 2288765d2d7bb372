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
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Microseconds since the epoch as ISO 8601 in UTC. */
export function isoTime(time_us: string): string {
  const time = BigInt(time_us);
  const rest = ((time % 1000n) + 1000n) % 1000n;
  const milliseconds = Number((time - rest) / 1000n);
  return new Date(milliseconds).toISOString().replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
