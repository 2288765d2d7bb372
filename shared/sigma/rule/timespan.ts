const second_ns = 1_000_000_000n;
const units: Readonly<Record<string, bigint>> = {
  s: second_ns,
  m: 60n * second_ns,
  h: 3_600n * second_ns,
  d: 86_400n * second_ns,
  w: 7n * 86_400n * second_ns,
  /** A month and a year are fixed lengths, so that a span has one length. */
  M: 30n * 86_400n * second_ns,
  y: 365n * 86_400n * second_ns,
};
/** No state is kept longer. */
const timespan_ns_max = 366n * 86_400n * second_ns;

/** A time span such as `15m` in nanoseconds; undefined when it is none, zero, or longer than a year. */
export function parseTimespan(text: string): bigint | undefined {
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text.trim());
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const span = BigInt(match[1] ?? '0') * unit;
  return span > 0n && span <= timespan_ns_max ? span : undefined;
}
