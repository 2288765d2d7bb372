export const dateParts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type DatePart = (typeof dateParts)[number];

/** Inclusive limits of each part. */
export const datePartRange: Readonly<Record<DatePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9_999],
};

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const day_ms = 86_400_000;
/** Smaller numbers are no dates: seconds before March 1973. */
const epoch_min = 1e8;
/** Epoch numbers are seconds, milliseconds, microseconds or nanoseconds by their size. */
const epochUnits = [
  { below: 1e11, ms: 1_000 },
  { below: 1e14, ms: 1 },
  { below: 1e17, ms: 1e-3 },
  { below: 1e20, ms: 1e-6 },
] as const;

/** The part of the date that a field's value spells, in UTC, weeks by ISO 8601; undefined when it spells none. */
export function datePartOf(value: string | number | boolean | null, part: DatePart): number | undefined {
  const time_ms = timeOf(value);
  if (time_ms === undefined) return undefined;
  const date = new Date(time_ms);
  if (Number.isNaN(date.getTime())) return undefined;
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

function timeOf(value: string | number | boolean | null): number | undefined {
  if (typeof value === 'number') return epoch(value);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (/^\d{1,20}(?:\.\d{1,9})?$/.test(value)) return epoch(Number(value));
  const match = isoPattern.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  const local_ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // Date.UTC carries 31 February over into March; that is not a date.
  if (new Date(local_ms).getUTCDate() !== Number(day)) return undefined;
  return local_ms - offset_ms(zone);
}

function epoch(value: number): number | undefined {
  const unit = epochUnits.find((candidate) => value < candidate.below);
  return value < epoch_min || unit === undefined ? undefined : Math.floor(value * unit.ms);
}

function offset_ms(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)];
  return (zone.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function isoWeek(date: Date): number {
  // The week of a date is the week of its Thursday.
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * day_ms);
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - yearStart) / day_ms / 7) + 1;
}
