import type { JsonValue } from './json.ts';
import { formatTime, parseTime } from './time.ts';

/** End of what `date_nanos` can hold: 2262-04-11T23:47:16Z. */
const date_nanos_end = 9_223_372_036_000_000_000n;

/**
 * A time that a tool wrote, as a field of the document (`process.start`, `event.end`); undefined when it is absent,
 * unreadable or out of the range of `date_nanos`.
 */
export function timeField(value: JsonValue | undefined): string | undefined {
  const time_ns = parseTime(value);
  return time_ns === undefined || time_ns < 0n || time_ns >= date_nanos_end ? undefined : formatTime(time_ns);
}
