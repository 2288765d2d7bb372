import type { Signal } from '#shared/avro/types.generated.ts';
import type { Definition } from './definition.ts';
import { later_parts_max, parts_per_rule_max } from './limits.ts';
import { compareSignals } from './order-of-signals.ts';

/** Windows that fulfil the condition and share hits, one after the other: what one firing stands for. */
export interface Episode {
  /** Its earliest hit: gives the firing its id. */
  readonly first: Signal;
  last: Signal;
  /** The hit with which the condition first held. */
  readonly completion: Signal;
  /** Hits of the window that ends with the completion: of each source the last ones. */
  readonly decisive: readonly Signal[];
  /** The first hits after the completion. */
  readonly later: Signal[];
  /** Counts changes of what a firing says. */
  version: number;
}

/**
 * Takes a window that fulfils the condition, `hits[low] … hits[high]`, into the last episode when they share a hit,
 * else begins a new one. Windows must come in order.
 */
export function takeWindow(
  episodes: Episode[],
  hits: readonly Signal[],
  low: number,
  high: number,
  definition: Definition,
): void {
  const [first, last] = [hits[low], hits[high]];
  if (first === undefined || last === undefined) return;
  const current = episodes[episodes.length - 1];
  if (current !== undefined && compareSignals(first, current.last) <= 0) extend(current, hits, high);
  else
    episodes.push({
      first,
      last,
      completion: last,
      decisive: decisiveOf(hits, low, high, definition),
      later: [],
      version: 0,
    });
}

function decisiveOf(
  hits: readonly Signal[],
  low: number,
  high: number,
  { sources, sourceOf }: Definition,
): readonly Signal[] {
  if (high - low < parts_per_rule_max) return hits.slice(low, high + 1);
  const counts = new Int32Array(sources.size);
  const decisive: Signal[] = [];
  for (let index = high; index >= low; index -= 1) {
    const hit = hits[index];
    const source = hit === undefined ? -1 : sourceOf(hit);
    const count = counts[source];
    if (hit === undefined || count === undefined || count >= parts_per_rule_max) continue;
    counts[source] = count + 1;
    decisive.push(hit);
  }
  return decisive.reverse();
}

function extend(episode: Episode, hits: readonly Signal[], high: number): void {
  let index = high;
  for (let hit = hits[index]; hit !== undefined && compareSignals(hit, episode.last) > 0; hit = hits[index])
    index -= 1;
  for (index += 1; index <= high; index += 1) {
    const hit = hits[index];
    if (hit === undefined) return;
    episode.last = hit;
    if (episode.later.length >= later_parts_max) continue;
    const before = shownOf(episode.later.length);
    episode.later.push(hit);
    if (shownOf(episode.later.length) !== before) episode.version += 1;
  }
}

/** Later hits are named in doubling numbers, so that a long episode changes its firing only a few times. */
function shownOf(count: number): number {
  return count === 0 ? 0 : 2 ** Math.floor(Math.log2(count));
}

/** A copy that can be extended by itself. */
export function copyOf(episode: Episode): Episode {
  return { ...episode, later: [...episode.later] };
}

/** The parts that a firing names, in order: the earliest hit, those with which the condition first held, some later ones. */
export function partsOf({ first, decisive, later }: Episode): readonly Signal[] {
  const head = decisive[0] === first ? [] : [first];
  return [...head, ...decisive, ...later.slice(0, shownOf(later.length))];
}
