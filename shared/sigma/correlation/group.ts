import type { Signal } from '#shared/avro/types.generated.ts';
import type { Episode } from './episode.ts';
import { placeOf } from './order-of-signals.ts';
import type { Aggregate } from './window-aggregate.ts';

/** The signals ("hits") of one correlation rule that share their group-by values, once something happened among them. */
export interface Group {
  readonly key: string;
  readonly number: number;
  /** In order; what no window can need any more is gone. */
  readonly hits: Signal[];
  /** Undefined until it is first looked at. */
  window: Window | undefined;
}

/** A window that moves over the hits of a group, and what it found. */
export interface Window {
  /** From here … */
  low: number;
  /** … to here, exclusive. */
  high: number;
  aggregate: Aggregate;
  /** The end of the last window that was decided, where windows are decided when they are over. */
  passed_ns: bigint | undefined;
  /** A hit came or went within what the window passed over: all of it must be done anew. */
  stale: boolean;
  /** Windows that belong to times before this are part of `settled` or forgotten. */
  settled_ns: bigint | undefined;
  /** The last episode made of settled windows only, while it may still grow. */
  settled: Episode | undefined;
  /** Episodes that are not settled; the first may be a longer form of `settled`. */
  episodes: Episode[];
  /** What was last said of each of the episodes, in the same order. */
  firings: Firing[];
  /** Hits after the last clean-up. */
  compacted_hits: number;
}

/** A firing as it was last said. */
export interface Firing {
  readonly signal: Signal;
  readonly parts: readonly Signal[];
  /** As many as the firing says, at least. */
  readonly hits: number;
}

export function createGroup(key: string, number: number, hits: Signal[]): Group {
  return { key, number, hits, window: undefined };
}

export function createWindow(aggregate: Aggregate): Window {
  return {
    low: 0,
    high: 0,
    aggregate,
    passed_ns: undefined,
    stale: false,
    settled_ns: undefined,
    settled: undefined,
    episodes: [],
    firings: [],
    compacted_hits: 0,
  };
}

/** Puts a hit in its place, and returns that; undefined when it was there already. */
export function insertHit({ hits, window }: Group, hit: Signal): number | undefined {
  const place = placeOf(hits, hit);
  if (place === hits.length) hits.push(hit);
  else if (isThere(hits, place, hit)) return undefined;
  else hits.splice(place, 0, hit);
  if (window !== undefined) {
    const passed = window.passed_ns !== undefined && hit.time_ns <= window.passed_ns;
    if (place < window.high || passed) window.stale = true;
  }
  return place;
}

/** Whether a hit is in its place. One id may come with several times. */
function isThere(hits: readonly Signal[], place: number, { id, time_ns }: Signal): boolean {
  const hit = hits[place];
  return hit !== undefined && hit.id === id && hit.time_ns === time_ns;
}

/** Takes a hit out. Returns false when it was not there. */
export function removeHit({ hits, window }: Group, hit: Signal): boolean {
  const place = placeOf(hits, hit);
  if (!isThere(hits, place, hit)) return false;
  hits.splice(place, 1);
  if (window !== undefined && place < window.high) window.stale = true;
  return true;
}

/** Lets go of the oldest hits of a group that has too many; returns how many. */
export function shedHits(group: Group, hits_max: number): number {
  if (group.hits.length <= hits_max) return 0;
  // A tenth at once, so that it is not done for every hit.
  const count = group.hits.length - Math.floor((hits_max * 9) / 10);
  dropOldest(group, count);
  return count;
}

/** Takes the oldest hits out, and out of the window. */
export function dropOldest({ hits, window }: Group, count: number): void {
  if (window !== undefined) {
    for (let index = window.low; index < Math.min(count, window.high); index += 1) {
      const hit = hits[index];
      if (hit !== undefined) window.aggregate.remove(hit);
    }
    window.low = Math.max(0, window.low - count);
    window.high = Math.max(0, window.high - count);
  }
  hits.splice(0, count);
}
