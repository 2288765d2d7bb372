import { isJsonObject, type JsonValue } from './json.ts';
import { parseDateText } from './time-text.ts';

export const second_ns = 1_000_000_000n;
const millisecond_ns = 1_000_000n;
/** From when a statement about ids that are never given twice is true: a container is part of its pod, ever. */
export const ever_ns = 0n;

/**
 * The time that a tool wrote, in ns since the epoch; undefined when it is absent (also Go's zero time and 0) or unreadable.
 *
 * Reads RFC 3339 with up to 9 digits and any offset (`Z`, `+01:00`, `+0000`, none = UTC, a space for `T`, slashes in
 * the date), ctime, epoch seconds, ms, µs or ns told apart by magnitude, exact decimal seconds, and
 * `{seconds, nanos}`.
 */
export function parseTime(value: JsonValue | undefined): bigint | undefined {
  if (typeof value === 'string') return parseTimeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? parseEpoch(String(value)) : undefined;
  if (!isJsonObject(value)) return undefined;
  return parseSecondsAndNanos(value['seconds'] ?? value['Seconds'], value['nanos'] ?? value['Nanos']);
}

function parseTimeText(text: string): bigint | undefined {
  if (text.length < 8 || text.length > 64) return undefined;
  const time_ns = parseDateText(text) ?? parseEpoch(text);
  return time_ns === undefined || time_ns === 0n || time_ns === go_zero_ns ? undefined : time_ns;
}

/** 0001-01-01T00:00:00Z. */
const go_zero_ns = -62_135_596_800n * second_ns;

const epochText = /^(\d{1,19})(?:\.(\d{1,12}))?$/;

/** Digits by magnitude: up to 10^11 are seconds (year 5138), then each unit takes a thousand times as much. */
function parseEpoch(text: string): bigint | undefined {
  const match = epochText.exec(text);
  const whole = match?.[1];
  if (whole === undefined) return undefined;
  const digits = whole.length;
  const unitDigits = digits <= 11 ? 9 : digits <= 14 ? 6 : digits <= 17 ? 3 : 0;
  const fraction = (match?.[2] ?? '').slice(0, unitDigits).padEnd(unitDigits, '0');
  const time_ns = BigInt(whole + fraction);
  return time_ns === 0n ? undefined : time_ns;
}

function parseSecondsAndNanos(
  seconds: JsonValue | undefined,
  nanos: JsonValue | undefined,
): bigint | undefined {
  const whole = typeof seconds === 'string' && /^\d{1,11}$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof whole !== 'number' || !Number.isSafeInteger(whole) || whole <= 0) return undefined;
  const rest =
    typeof nanos === 'number' && Number.isSafeInteger(nanos) && nanos >= 0 && nanos < 1e9 ? nanos : 0;
  return BigInt(whole) * second_ns + BigInt(rest);
}

/** The texts of seconds that were written lately: by a batch that is of few, and by when each record arrived. */
const recent_seconds = 64;
const recentSeconds = new Float64Array(recent_seconds).fill(Number.NaN);
const recentTexts = Array.from({ length: recent_seconds }, () => '');

/** RFC 3339 in UTC with nine digits, for times that `date_nanos` can hold (1970 to 2262). */
export function formatTime(time_ns: bigint): string {
  const seconds = Number(time_ns / second_ns);
  const slot = seconds % recent_seconds;
  if (recentSeconds[slot] !== seconds) {
    recentTexts[slot] = formatSecond(seconds);
    recentSeconds[slot] = seconds;
  }
  return `${recentTexts[slot]}${String(Number(time_ns % second_ns) + 1e9).slice(1)}Z`;
}

let cachedDay = Number.NaN;
let cachedDate = '';

/** `2026-11-02T08:00:01.` */
function formatSecond(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  if (day !== cachedDay) {
    cachedDate = new Date(day * 86_400_000).toISOString().slice(0, 11);
    cachedDay = day;
  }
  const second = seconds - day * 86_400;
  const hours = Math.floor(second / 3600);
  const minutes = Math.floor(second / 60) - hours * 60;
  return `${cachedDate}${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(second % 60)}.`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Milliseconds as Kafka and clocks give them, in ns. */
export function fromMilliseconds(time_ms: number): bigint {
  return BigInt(Math.trunc(time_ms)) * millisecond_ns;
}

/** Event time as it goes into the document, and how it was found. */
export interface ResolvedTime {
  readonly time_ns: bigint;
  /** `tool`: as written; `broker`: the tool gave none; `clamped`: what the tool gave can't be. */
  readonly source: 'tool' | 'broker' | 'clamped';
  /** Arrival minus what the tool gave; undefined when it gave none. */
  readonly skew_ms: number | undefined;
}

/** 2000-01-01T00:00:00Z: no tool that we read existed; such clocks never were set. */
const earliest_ns = 946_684_800n * second_ns;
/** How far ahead of the broker's clock a tool's clock may be. */
const future_ns_max = 15n * 60n * second_ns;
/** Keeps the skew a safe, indexable number: ten thousand years. */
const skew_ms_max = 315_360_000_000_000;

/** Replaces a missing, absurd or future time by the arrival time, and says so. */
export function resolveTime(time_ns: bigint | undefined, arrival_ns: bigint): ResolvedTime {
  if (time_ns === undefined) return { time_ns: arrival_ns, source: 'broker', skew_ms: undefined };
  const skew_ms = Math.max(
    -skew_ms_max,
    Math.min(skew_ms_max, Number((arrival_ns - time_ns) / millisecond_ns)),
  );
  const possible = time_ns >= earliest_ns && time_ns <= arrival_ns + future_ns_max;
  return possible
    ? { time_ns, source: 'tool', skew_ms }
    : { time_ns: arrival_ns, source: 'clamped', skew_ms };
}
