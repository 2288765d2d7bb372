import type { ContextInterval } from './port.ts';

/** Enough for an address that is given to a new pod every hour for days; the oldest are forgotten first. */
export const intervals_per_key_max = 64;

/** An interval together with the canonical text of its value, by which it is recognised. */
export interface KnownInterval {
  readonly text: string;
  readonly interval: ContextInterval;
}

/** The same value always has the same text, in whatever order its fields were written. */
export function valueText(value: ContextInterval['value']): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * Adds what is said to what is known. As long as a key has no more than `intervals_per_key_max` values, the result
 * depends on what was said, not on the order or on how often.
 * @param known newest first
 * @returns newest first; the same array when nothing is new
 */
export function mergeInterval(
  known: readonly KnownInterval[],
  said: KnownInterval,
): readonly KnownInterval[] {
  const same = known.find(({ text }) => text === said.text);
  const merged = same === undefined ? said : unite(same, said);
  if (merged === same) return known;
  const others = known.filter((interval) => interval !== same);
  return [...others, merged].toSorted(newestFirst).slice(0, intervals_per_key_max);
}

function unite(known: KnownInterval, { interval: said }: KnownInterval): KnownInterval {
  const { from_ns, to_ns, value } = known.interval;
  const from = said.from_ns < from_ns ? said.from_ns : from_ns;
  const to = earliest(to_ns, said.to_ns);
  if (from === from_ns && to === to_ns) return known;
  return { text: known.text, interval: { from_ns: from, to_ns: to, value } };
}

function earliest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function newestFirst(a: KnownInterval, b: KnownInterval): number {
  if (a.interval.from_ns !== b.interval.from_ns) return a.interval.from_ns > b.interval.from_ns ? -1 : 1;
  return a.text < b.text ? -1 : 1;
}
