import type { Definition } from './definition.ts';
import { type Episode, takeWindow } from './episode.ts';
import { createWindow, dropOldest, type Group, type Window } from './group.ts';
import type { Aggregate } from './window-aggregate.ts';

/** Times that decide what can still change. */
export interface Times {
  /** No signal older than this is taken any more. */
  readonly horizon_ns: bigint;
  /** Windows that ended before this are decided, where absence counts. */
  readonly decided_ns: bigint;
}

/**
 * Moves the window of a group on; afterwards its episodes are right.
 *
 * Where more signals can only help (`rising`): for each hit, the hits of the timespan that ends with it. Where they can
 * also undo it (`final`): every longest run of hits that fits into the timespan, once it is over. Both are closed: a
 * timespan apart is within.
 */
export function moveWindow(
  hits: Group['hits'],
  window: Window,
  definition: Definition,
  create: () => Aggregate,
  times: Times,
): void {
  if (window.stale) restart(window, create());
  if (definition.final) moveFinal(hits, window, definition, times);
  else moveRising(hits, window, definition);
}

/** Back to what is settled; the window passes over all hits again. */
function restart(window: Window, aggregate: Aggregate): void {
  window.stale = false;
  window.aggregate = aggregate;
  window.low = 0;
  window.high = 0;
  window.passed_ns = undefined;
  window.episodes = window.settled === undefined ? [] : [{ ...window.settled }];
}

function moveRising(hits: Group['hits'], window: Window, definition: Definition): void {
  const { aggregate, settled_ns } = window;
  for (let end = window.high; end < hits.length; end += 1) {
    const hit = hits[end];
    if (hit === undefined) return;
    aggregate.add(hit);
    const from_ns = hit.time_ns - definition.rule.timespan_ns;
    for (
      let first = hits[window.low];
      first !== undefined && first.time_ns < from_ns;
      first = hits[window.low]
    ) {
      aggregate.remove(first);
      window.low += 1;
    }
    window.high = end + 1;
    const settled = settled_ns !== undefined && hit.time_ns < settled_ns;
    if (!settled && aggregate.holds(hits, window.low, end)) {
      takeWindow(window.episodes, hits, window.low, end, definition);
    }
  }
}

function moveFinal(hits: Group['hits'], window: Window, definition: Definition, { decided_ns }: Times): void {
  const { aggregate, settled_ns } = window;
  for (let first = hits[window.low]; first !== undefined; first = hits[window.low]) {
    const until_ns = first.time_ns + definition.rule.timespan_ns;
    if (until_ns >= decided_ns) return;
    window.passed_ns = until_ns;
    const before = window.high;
    for (
      let next = hits[window.high];
      next !== undefined && next.time_ns <= until_ns;
      next = hits[window.high]
    ) {
      aggregate.add(next);
      window.high += 1;
    }
    const settled = settled_ns !== undefined && until_ns < settled_ns;
    // A run that reaches no further than the one before it is a part of that one.
    if (!settled && window.high > before && aggregate.holds(hits, window.low, window.high - 1)) {
      takeWindow(window.episodes, hits, window.low, window.high - 1, definition);
    }
    aggregate.remove(first);
    window.low += 1;
  }
}

/** Settles what no signal can change any more, and lets go of hits that no window needs and of episodes that are over. */
export function settle(
  group: Group,
  window: Window,
  definition: Definition,
  create: () => Aggregate,
  { horizon_ns }: Times,
): void {
  const kept_from_ns = horizon_ns - definition.rule.timespan_ns;
  const settled = settledEpisodes(group, window, definition, create, horizon_ns);
  const last = settled.at(-1);
  const grows = last !== undefined && last.last.time_ns >= kept_from_ns;
  window.settled = grows ? last : undefined;
  window.settled_ns = horizon_ns;
  // What is settled is the beginning of all episodes: those that are over are the first ones.
  const over = grows ? settled.length - 1 : settled.length;
  window.episodes.splice(0, over);
  window.firings.splice(0, over);
  dropOldest(group, droppable(group, window, kept_from_ns));
  window.compacted_hits = group.hits.length;
}

/** The episodes of windows that belong to times before the horizon. */
function settledEpisodes(
  { hits }: Group,
  { settled, settled_ns }: Window,
  definition: Definition,
  create: () => Aggregate,
  horizon_ns: bigint,
): readonly Episode[] {
  const past: Window = { ...createWindow(create()), settled, settled_ns, stale: true };
  const before = definition.final ? hits : hits.filter(({ time_ns }) => time_ns < horizon_ns);
  moveWindow(before, past, definition, create, { horizon_ns, decided_ns: horizon_ns });
  return past.episodes;
}

/** Hits older than any window, but for the last of them: it says whether the run after it is a longest one. */
function droppable({ hits }: Group, { low }: Window, kept_from_ns: bigint): number {
  let count = 0;
  while (count + 1 < low && (hits[count + 1]?.time_ns ?? kept_from_ns) < kept_from_ns) count += 1;
  return count;
}
