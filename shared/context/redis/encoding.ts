import type { KnownInterval } from '../intervals.ts';

/** An instant as 20 digits that sort like the instant itself: Lua's numbers are too short for nanoseconds. */
const instant_digits = 20;
const bias = 2n ** 63n;
/** Sorts after every instant. */
const unknownInstant = '~'.repeat(instant_digits);

/** One line: when from, when to, and the canonical value. None of them contains a line break. */
export function encodeInterval({ text, interval }: KnownInterval): string {
  const to = interval.to_ns === undefined ? unknownInstant : encodeInstant(interval.to_ns);
  return `${encodeInstant(interval.from_ns)} ${to} ${text}\n`;
}

/** The lines of one key, in the order in which the script left them: newest first. */
export function decodeIntervals(lines: string | null): readonly KnownInterval[] {
  if (lines === null) return [];
  return lines.trimEnd().split('\n').map(decodeInterval);
}

function decodeInterval(line: string): KnownInterval {
  const to = line.slice(instant_digits + 1, 2 * instant_digits + 1);
  const text = line.slice(2 * instant_digits + 2);
  return {
    text,
    interval: {
      from_ns: decodeInstant(line.slice(0, instant_digits)),
      to_ns: to === unknownInstant ? undefined : decodeInstant(to),
      value: JSON.parse(text),
    },
  };
}

function encodeInstant(instant_ns: bigint): string {
  return String(instant_ns + bias).padStart(instant_digits, '0');
}

function decodeInstant(digits: string): bigint {
  return BigInt(digits) - bias;
}
