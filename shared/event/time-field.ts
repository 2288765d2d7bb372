import type { JsonValue } from './json.ts';
import { formatTime, parseTime } from './time.ts';

/** End of what `date_nanos` can hold: 2262-04-11T23:47:16Z. */
const date_nanos_end = 9_223_372_036_000_000_000n;

/**
 * A time that a tool wrote, as a field of the document (`process.start`, `event.end`); undefined when it is absent,
 * unreadable or out of the range of `date_nanos`. What is in the index's notation already stays as it is.
 */
export function timeField(value: JsonValue | undefined): string | undefined {
  const time_ns = parseTime(value);
  if (!isInRange(time_ns)) return undefined;
  return typeof value === 'string' && isIndexable(value) ? value : formatTime(time_ns);
}

/** A time that was read already, as a field of the document. */
export function readTimeField(time_ns: bigint | undefined): string | undefined {
  return isInRange(time_ns) ? formatTime(time_ns) : undefined;
}

function isInRange(time_ns: bigint | undefined): time_ns is bigint {
  return time_ns !== undefined && time_ns >= 0n && time_ns < date_nanos_end;
}

/** `2026-11-02T08:00:00[.123456789]Z`, of a day that every month has and without a leap second. */
function isIndexable(text: string): boolean {
  const { length } = text;
  return (
    length >= 20 &&
    length <= 30 &&
    text.charCodeAt(length - 1) === 90 &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    (length === 20 || text.charCodeAt(19) === 46) &&
    text.charCodeAt(17) !== 54 &&
    text.slice(8, 10) <= '28' &&
    hasDigits(text, 20, length - 1)
  );
}

function hasDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
