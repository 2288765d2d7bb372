import type { Aggregate } from './aggregate.ts';
import type { Definition } from './definition.ts';
import { copyOf, type Episode, takeWindow } from './episode.ts';
import { dropOldest, type Group, timeAt } from './group.ts';

/** Times that decide what can still change. */
export interface Times {
  /** No signal older than this is taken any more. */
  readonly horizon_ns: bigint;
  /** Windows that ended before this are decided, where absence counts. */
  readonly decided_ns: bigint;
}

/** Moves the window of a group over its hits; afterwards `episodes` are right. */
export type MoveWindow = (group: Group, times: Times) => void;

/**
 * Which windows a rule looks at.
 *
 * Where more signals can only help (`rising`): for each hit, the hits of the timespan that ends with it. Where they can
 * also undo it (`final`): every longest run of hits that fits into the timespan, once it is over. Both are closed: a
 * timespan apart is within.
 */
export function windowMover(definition: Definition, create: () => Aggregate): MoveWindow {
  const move = definition.final ? moveFinal : moveRising;
  return (group, times) => {
    if (group.stale) restart(group, create());
    move(group, definition, times);
  };
}

/** Back to what is settled; the window passes over all hits again. */
function restart(group: Group, aggregate: Aggregate): void {
  group.stale = false;
  group.aggregate = aggregate;
  group.low = 0;
  group.high = 0;
  group.passed_ns = undefined;
  group.episodes = group.settled === undefined ? [] : [copyOf(group.settled)];
}

function moveRising(group: Group, { rule, sources }: Definition): void {
  const { hits, aggregate } = group;
  for (let end = group.high; end < hits.length; end += 1) {
    const hit = hits[end];
    if (hit === undefined) return;
    aggregate.add(hit);
    const from_ns = hit.signal.time_ns - rule.timespan_ns;
    for (
      let first = hits[group.low];
      first !== undefined && first.signal.time_ns < from_ns;
      first = hits[group.low]
    ) {
      aggregate.remove(first);
      group.low += 1;
    }
    group.high = end + 1;
    const settled = group.settled_ns !== undefined && hit.signal.time_ns < group.settled_ns;
    if (!settled && aggregate.holds(hits, group.low, end)) {
      takeWindow(group.episodes, hits, group.low, end, sources.size);
    }
  }
}

function moveFinal(group: Group, { rule, sources }: Definition, { decided_ns }: Times): void {
  const { hits, aggregate } = group;
  for (let first = hits[group.low]; first !== undefined; first = hits[group.low]) {
    const until_ns = first.signal.time_ns + rule.timespan_ns;
    if (until_ns >= decided_ns) return;
    group.passed_ns = until_ns;
    const before = group.high;
    for (
      let next = hits[group.high];
      next !== undefined && next.signal.time_ns <= until_ns;
      next = hits[group.high]
    ) {
      aggregate.add(next);
      group.high += 1;
    }
    const settled = group.settled_ns !== undefined && until_ns < group.settled_ns;
    // A run that reaches no further than the one before it is a part of that one.
    if (!settled && group.high > before && aggregate.holds(hits, group.low, group.high - 1)) {
      takeWindow(group.episodes, hits, group.low, group.high - 1, sources.size);
    }
    aggregate.remove(first);
    group.low += 1;
  }
}

/** Settles what no signal can change any more, and lets go of hits that no window needs and of episodes that are over. */
export function settle(group: Group, definition: Definition, create: () => Aggregate, times: Times): void {
  const { horizon_ns } = times;
  const kept_from_ns = horizon_ns - definition.rule.timespan_ns;
  const settled = settledEpisodes(group, definition, create, times);
  const last = settled.at(-1);
  const grows = last !== undefined && last.last.signal.time_ns >= kept_from_ns;
  group.settled = grows ? last : undefined;
  group.settled_ns = horizon_ns;
  // What is settled is the beginning of all episodes: those that are over are the first ones.
  const over = grows ? settled.length - 1 : settled.length;
  group.episodes.splice(0, over);
  group.firings.splice(0, over);
  dropOldest(group, droppable(group, kept_from_ns));
  group.compacted_hits = group.hits.length;
}

/** The episodes of windows that belong to times before the horizon. */
function settledEpisodes(
  group: Group,
  definition: Definition,
  create: () => Aggregate,
  { horizon_ns }: Times,
): readonly Episode[] {
  const past: Group = {
    ...group,
    hits: definition.final ? group.hits : group.hits.filter(({ signal }) => signal.time_ns < horizon_ns),
    stale: true,
  };
  windowMover(definition, create)(past, { horizon_ns, decided_ns: horizon_ns });
  return past.episodes;
}

/** Hits older than any window, but for the last of them: it says whether the run after it is a longest one. */
function droppable({ hits, low }: Group, kept_from_ns: bigint): number {
  let count = 0;
  while (count + 1 < low && (timeAt(hits, count + 1) ?? kept_from_ns) < kept_from_ns) count += 1;
  return count;
}
