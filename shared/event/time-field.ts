import type { JsonValue } from './json.ts';
import { digits } from './time-text.ts';
import { formatTime, parseTime } from './time.ts';

/** End of what `date_nanos` can hold: 2262-04-11T23:47:16Z. */
const date_nanos_end = 9_223_372_036_000_000_000n;

/**
 * A time that a tool wrote, as a field of the document (`process.start`, `event.end`); undefined when it is absent,
 * unreadable or out of the range of `date_nanos`. What is in the index's notation already stays as it is.
 */
export function timeField(value: JsonValue | undefined): string | undefined {
  return indexableTime(value) ?? readTimeField(parseTime(value));
}

/** A time that was read already, as a field of the document. */
export function readTimeField(time_ns: bigint | undefined): string | undefined {
  return time_ns !== undefined && time_ns >= 0n && time_ns < date_nanos_end ? formatTime(time_ns) : undefined;
}

/** A time that is written in the index's notation, of a day that every month has and without a leap second. */
export function indexableTime(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && isIndexable(value) ? value : undefined;
}

/** `2026-11-02T08:00:00[.123456789]Z`, after 1970 and before 2262. */
function isIndexable(text: string): boolean {
  const { length } = text;
  return (
    length >= 20 &&
    length <= 30 &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    text.charCodeAt(length - 1) === 90 &&
    isBetween(digits(text, 0, 4), 1971, 2261) &&
    isBetween(digits(text, 5, 2), 1, 12) &&
    isBetween(digits(text, 8, 2), 1, 28) &&
    isBetween(digits(text, 11, 2), 0, 23) &&
    isBetween(digits(text, 14, 2), 0, 59) &&
    isBetween(digits(text, 17, 2), 0, 59) &&
    (length === 20 || (text.charCodeAt(19) === 46 && length > 21 && digits(text, 20, length - 21) >= 0))
  );
}

function isBetween(value: number, least: number, greatest: number): boolean {
  return value >= least && value <= greatest;
}
