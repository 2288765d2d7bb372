import type { JsonValue } from './json.ts';
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
  return typeof value === 'string' && indexable.test(value) ? value : undefined;
}

/** `2026-11-02T08:00:00[.123456789]Z`, after 1970 and before 2262. */
const indexable =
  /^(?:197[1-9]|19[89]\d|2[01]\d\d|22[0-5]\d|226[01])-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
