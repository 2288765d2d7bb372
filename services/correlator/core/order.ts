/** Anything with a place in event time. */
export interface Timed {
  readonly id: string;
  readonly time_ns: bigint;
}

/** The order of everything: event time, then id. */
export function byTime(a: Timed, b: Timed): number {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns ? -1 : 1;
  return compareText(a.id, b.id);
}

/** Order by UTF-16 code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** A duration of the parameters, in the unit of event time. */
export function toNs(duration_ms: number): bigint {
  return BigInt(Math.round(duration_ms)) * 1_000_000n;
}

/** Number of the bucket of event time that holds a time. */
export function bucketOf(time_ns: bigint, bucket_ns: bigint): number {
  const bucket = Number(time_ns / bucket_ns);
  return time_ns < 0n && time_ns % bucket_ns !== 0n ? bucket - 1 : bucket;
}

/** Index of the first element that is not before (`time_ns`, `id`); the list is in the order of `byTime`. */
export function lowerBound(list: readonly Timed[], time_ns: bigint, id = ''): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = list[middle];
    if (at !== undefined && (at.time_ns < time_ns || (at.time_ns === time_ns && at.id < id)))
      low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What lies within an interval of an ordered list, both ends inclusive. */
export function between<Item extends Timed>(
  list: readonly Item[],
  from_ns: bigint,
  to_ns: bigint,
): readonly Item[] {
  return list.slice(lowerBound(list, from_ns), lowerBound(list, to_ns + 1n));
}
