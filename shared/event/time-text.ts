const second_ns = 1_000_000_000n;

/** `2026-11-02T08:00:00.123456789Z` and its relatives, or ctime; undefined when the text is neither. */
export function parseDateText(text: string): bigint | undefined {
  const afterYear = text.charCodeAt(4);
  if (afterYear === 45 || afterYear === 47) return parseRfc3339(text);
  const afterWeekday = text.charCodeAt(3);
  return afterWeekday === 32 || afterWeekday === 44 ? parseCtime(text) : undefined;
}

function parseRfc3339(text: string): bigint | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (!isDate(year, month, day)) return undefined;
  const midnight = daysOf(year, month, day) * 86_400;
  if (text.length === 10) return nanosecondsOf(midnight, 0);
  const between = text.charCodeAt(10);
  const hours = digits(text, 11, 2);
  const minutes = digits(text, 14, 2);
  const seconds = digits(text, 17, 2);
  const isTime = (between | 32) === 116 || between === 32;
  if (
    !isTime ||
    !isClock(hours, minutes, seconds) ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58
  ) {
    return undefined;
  }
  let end = 19;
  let nanos = 0;
  const mark = text.charCodeAt(19);
  if (mark === 46 || mark === 44) {
    // In whole numbers of 32 bits, which become a bigint sooner.
    for (end = 20; end < 29 && isDigit(text.charCodeAt(end)); end++) {
      nanos = (nanos * 10 + text.charCodeAt(end) - 48) | 0;
    }
    if (end === 20) return undefined;
    nanos = (nanos * (scales[end - 20] ?? 1)) | 0;
    while (isDigit(text.charCodeAt(end))) end++;
  }
  const offset = offsetSeconds(text, end);
  if (offset === undefined) return undefined;
  return nanosecondsOf(midnight + hours * 3600 + minutes * 60 + seconds - offset, nanos);
}

/** By how many digits of a fraction: what makes them nanoseconds. */
const scales = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1];

let cachedSeconds = 0;
let cached_ns = 0n;

/** One time follows another: most lie in the same second as the last one. */
function nanosecondsOf(seconds: number, nanos: number): bigint {
  if (seconds !== cachedSeconds) {
    cached_ns = BigInt(seconds) * second_ns;
    cachedSeconds = seconds;
  }
  return cached_ns + BigInt(nanos);
}

/** Days before each month of a year that starts in March, so that the leap day is its last. */
const daysBefore = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];
/** From the first of March of the year 0 to 1970. */
const days_to_epoch = 719_468;

/** Days from 1970-01-01 to a date of the Gregorian calendar; those beyond the end of a month count on into the next. */
function daysOf(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + (daysBefore[month - 1] ?? 0) + day - 1 - days_to_epoch;
}

/** Seconds east of UTC; a text that ends without a zone is taken as UTC. */
function offsetSeconds(text: string, start: number): number | undefined {
  if (start === text.length) return 0;
  const sign = text.charCodeAt(start);
  if (sign === 90 || sign === 122) return start + 1 === text.length ? 0 : undefined;
  if (sign !== 43 && sign !== 45) return text.slice(start) === ' UTC' ? 0 : undefined;
  const hours = digits(text, start + 1, 2);
  const minutesAt = text.charCodeAt(start + 3) === 58 ? start + 4 : start + 3;
  const minutes = minutesAt >= text.length ? 0 : digits(text, minutesAt, 2);
  if (!(hours <= 23 && minutes <= 59)) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return sign === 43 ? seconds : -seconds;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ctime =
  /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:(?:UTC|GMT) )?(\d{4})(?: UTC| GMT)?$/;
const rfc1123 = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|\+0000)$/;

/** `Tue Mar 23 13:10:52 2021`, also with a zone of UTC, and the form of HTTP headers. */
function parseCtime(text: string): bigint | undefined {
  const http = rfc1123.exec(text);
  const plain = http === null ? ctime.exec(text) : null;
  const [day, monthName, year, hours, minutes, seconds] =
    http !== null
      ? http.slice(1)
      : plain !== null
        ? [plain[2], plain[1], plain[6], plain[3], plain[4], plain[5]]
        : [];
  const month = months.indexOf(monthName ?? '') + 1;
  if (
    !isDate(Number(year), month, Number(day)) ||
    !isClock(Number(hours), Number(minutes), Number(seconds))
  ) {
    return undefined;
  }
  const midnight = daysOf(Number(year), month, Number(day)) * 86_400;
  return nanosecondsOf(midnight + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds), 0);
}

function isDate(year: number, month: number, day: number): boolean {
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** A leap second counts as the next minute's first. */
function isClock(hours: number, minutes: number, seconds: number): boolean {
  return hours <= 23 && minutes <= 59 && seconds <= 60;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The number that `count` digits spell; NaN when one is not a digit. */
function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return Number.NaN;
    value = value * 10 + code - 48;
  }
  return value;
}
