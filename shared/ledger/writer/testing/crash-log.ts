import { hash } from 'node:crypto';

/** The log of crash drills. */
export const crash_log = 'crash';
/** Small, so that segments are closed all the time. */
export const segment_bytes_max = 40_000;

/** Entries depend on their index alone, so that the drill knows what every leaf must be. */
export function entriesAt(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, offset) => Buffer.from(hash('sha512', String(from + offset))));
}
