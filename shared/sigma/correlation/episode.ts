import { parts_per_rule_max } from './limits.ts';
import { compareHits, type Hit } from './hit.ts';

/** Windows that fulfil the condition and share hits, one after the other: what one firing stands for. */
export interface Episode {
  /** Its earliest hit: gives the firing its id. */
  readonly first: Hit;
  last: Hit;
  /** The hit with which the condition first held. */
  readonly completion: Hit;
  /** The first hits of each source, by source. */
  readonly early: Hit[][];
  /** The last hits of each source up to the completion, by source. */
  readonly decisive: readonly (readonly Hit[])[];
  /** Counts changes of what a firing says. */
  version: number;
}

/**
 * Takes a window that fulfils the condition, `hits[low] … hits[high]`, into the last episode when they share a hit,
 * else begins a new one. Windows must come in order.
 */
export function takeWindow(
  episodes: Episode[],
  hits: readonly Hit[],
  low: number,
  high: number,
  sources: number,
): void {
  const [first, last] = [hits[low], hits[high]];
  if (first === undefined || last === undefined) return;
  const current = episodes.at(-1);
  if (current !== undefined && compareHits(first, current.last) <= 0) extend(current, hits, high);
  else episodes.push(begin(hits, low, high, sources));
}

function begin(hits: readonly Hit[], low: number, high: number, sources: number): Episode {
  const window = hits.slice(low, high + 1);
  const bySource = Array.from({ length: sources }, (_, source) =>
    window.filter((hit) => hit.source === source),
  );
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined) throw new TypeError('a window holds a hit');
  return {
    first,
    last,
    completion: last,
    early: bySource.map((list) => list.slice(0, parts_per_rule_max)),
    decisive: bySource.map((list) => list.slice(-parts_per_rule_max)),
    version: 0,
  };
}

function extend(episode: Episode, hits: readonly Hit[], high: number): void {
  let index = high;
  for (let hit = hits[index]; hit !== undefined && compareHits(hit, episode.last) > 0; hit = hits[index])
    index -= 1;
  for (index += 1; index <= high; index += 1) {
    const hit = hits[index];
    if (hit === undefined) return;
    episode.last = hit;
    const early = episode.early[hit.source];
    if (early === undefined || early.length >= parts_per_rule_max) continue;
    early.push(hit);
    episode.version += 1;
  }
}

/** A copy that can be extended by itself. */
export function copyOf(episode: Episode): Episode {
  return { ...episode, early: episode.early.map((list) => [...list]) };
}

/** The parts that a firing names, in order. */
export function partsOf(episode: Episode): readonly Hit[] {
  const parts = new Map<string, Hit>();
  for (const hit of [...episode.early.flat(), ...episode.decisive.flat()]) parts.set(hit.signal.id, hit);
  return [...parts.values()].sort(compareHits);
}
