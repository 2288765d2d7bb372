import type { Signal } from '#shared/avro/types.generated.ts';

/** A signal as one correlation rule sees it. */
export interface Hit {
  readonly signal: Signal;
  /** Number of the source that it comes from. */
  readonly source: number;
  /** What is counted or summed; undefined when the signal has no such field, or needs none. */
  readonly value: string | undefined;
}

/** The order of hits: by time, then by id, so that it is one order whatever the arrival. */
export function compareHits(a: Hit, b: Hit): number {
  if (a.signal.time_ns !== b.signal.time_ns) return a.signal.time_ns < b.signal.time_ns ? -1 : 1;
  if (a.signal.id === b.signal.id) return 0;
  return a.signal.id < b.signal.id ? -1 : 1;
}

/** Where a hit is, or would be, in sorted hits. */
export function placeOf(hits: readonly Hit[], hit: Hit): number {
  const last = hits.at(-1);
  if (last === undefined || compareHits(last, hit) < 0) return hits.length;
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = hits[middle];
    if (other !== undefined && compareHits(other, hit) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What makes two hits the same thing that happened: firings stand for themselves, other signals for their event. */
export function happeningOf({ signal }: Hit): string {
  return signal.rule.origin === 'correlation' ? signal.id : signal.event.id;
}
