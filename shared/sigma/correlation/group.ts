import type { Signal } from '#shared/avro/types.generated.ts';
import type { Aggregate } from './aggregate.ts';
import type { Episode } from './episode.ts';
import { type Hit, placeOf } from './hit.ts';
import { hits_per_group_max } from './limits.ts';

/** The hits of one correlation rule that share their group-by values. */
export interface Group {
  readonly key: string;
  readonly values: readonly string[];
  /** In order; what no window can need any more is gone. */
  readonly hits: Hit[];
  /** The window that moves over the hits: from here … */
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
  /** When the group is to be looked at next. */
  due_ns: bigint | undefined;
}

/** A firing as it was last said. */
export interface Firing {
  readonly signal: Signal;
  readonly signature: string;
  /** Of the episode, then. */
  readonly version: number;
}

export function createGroup(key: string, values: readonly string[], aggregate: Aggregate): Group {
  return {
    key,
    values,
    hits: [],
    low: 0,
    high: 0,
    passed_ns: undefined,
    aggregate,
    stale: false,
    settled_ns: undefined,
    settled: undefined,
    episodes: [],
    firings: [],
    compacted_hits: 0,
    due_ns: undefined,
  };
}

/** Puts a hit in its place. Returns false when it was there already. */
export function insertHit(group: Group, hit: Hit): boolean {
  const { hits } = group;
  const place = placeOf(hits, hit);
  if (hits[place]?.signal.id === hit.signal.id) return false;
  if (place === hits.length) hits.push(hit);
  else hits.splice(place, 0, hit);
  const passed = group.passed_ns !== undefined && hit.signal.time_ns <= group.passed_ns;
  if (place < group.high || passed) group.stale = true;
  return true;
}

/** Takes a hit out. Returns false when it was not there. */
export function removeHit(group: Group, hit: Hit): boolean {
  const place = placeOf(group.hits, hit);
  if (group.hits[place]?.signal.id !== hit.signal.id) return false;
  group.hits.splice(place, 1);
  if (place < group.high) group.stale = true;
  return true;
}

/** Lets go of the oldest hits of a group that has too many; returns how many. */
export function shedHits(group: Group): number {
  if (group.hits.length <= hits_per_group_max) return 0;
  // A tenth at once, so that it is not done for every hit.
  const count = group.hits.length - Math.floor((hits_per_group_max * 9) / 10);
  dropOldest(group, count);
  return count;
}

/** Takes the oldest hits out, and out of the window. */
export function dropOldest(group: Group, count: number): void {
  const { hits, aggregate } = group;
  for (let index = group.low; index < Math.min(count, group.high); index += 1) {
    const hit = hits[index];
    if (hit !== undefined) aggregate.remove(hit);
  }
  hits.splice(0, count);
  group.low = Math.max(0, group.low - count);
  group.high = Math.max(0, group.high - count);
}

export function timeAt(hits: readonly Hit[], index: number): bigint | undefined {
  return hits[index]?.signal.time_ns;
}
