import type { Signal } from '#shared/avro/types.generated.ts';
import type { Definition } from './definition.ts';
import { parts_per_rule_max } from './limits.ts';
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
  /** Hits of the window that ends with the completion. */
  readonly completed_hits: number;
  hits: number;
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
  const first = hits[low];
  if (first === undefined) return;
  const current = episodes[episodes.length - 1];
  if (current !== undefined && compareSignals(first, current.last) <= 0) extend(current, hits, high);
  else episodes.push(begin(hits, low, high, definition));
}

function begin(hits: readonly Signal[], low: number, high: number, definition: Definition): Episode {
  const [first, last] = [hits[low], hits[high]];
  if (first === undefined || last === undefined) throw new TypeError('a window holds a hit');
  const count = high - low + 1;
  const decisive = decisiveOf(hits, low, high, definition);
  return { first, last, completion: last, decisive, completed_hits: count, hits: count };
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
  const last = hits[high];
  if (last === undefined) return;
  for (let index = high; index >= 0; index -= 1) {
    const hit = hits[index];
    if (hit === undefined || compareSignals(hit, episode.last) <= 0) break;
    episode.hits += 1;
  }
  episode.last = last;
}

/** An episode says that it grew each time its hits have become so many times as many. */
const growth_factor = 4;

/** The number of hits that the firing of an episode names: it holds at least so many. */
export function statedHits({ hits, completed_hits }: Episode): number {
  let stated = completed_hits;
  while (stated * growth_factor <= hits) stated *= growth_factor;
  return stated;
}

/** The number of hits from which on the firing of an episode says more. */
export function growthOf(episode: Episode): number {
  return statedHits(episode) * growth_factor;
}

/** The parts that a firing names, in order: the earliest hit, and those with which the condition first held. */
export function partsOf({ first, decisive }: Episode): readonly Signal[] {
  return decisive[0] === first ? decisive : [first, ...decisive];
}
