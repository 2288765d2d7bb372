import type { Signal } from '#shared/avro/types.generated.ts';
import type { Definition } from './definition.ts';
import { type Episode, partsOf, statedHits } from './episode.ts';
import { firingId, firingOf, grownFiring } from './firing.ts';
import type { Firing, Group, Window } from './group.ts';

/** A firing that came (`before` undefined), changed, or went (`after` undefined). */
export interface FiringChange {
  readonly before: Signal | undefined;
  readonly after: Signal | undefined;
  /** What `after` names. */
  readonly parts: readonly Signal[];
}

/** After the window moved on: only the last known episode can have changed, and new ones come after it. */
export function sayNew(
  definition: Definition,
  group: Group,
  { episodes, firings }: Window,
  changes: FiringChange[],
): void {
  for (let index = Math.max(0, firings.length - 1); index < episodes.length; index += 1) {
    const episode = episodes[index];
    const before = firings[index];
    if (episode === undefined || (before !== undefined && before.hits === statedHits(episode))) continue;
    const after =
      before === undefined
        ? fire(definition, firingId(definition, group, episode), episode)
        : grown(definition, before, statedHits(episode));
    firings[index] = after;
    changes.push({ before: before?.signal, after: after.signal, parts: after.parts });
  }
}

/** After the window began anew: any episode can have changed. */
export function sayAll(definition: Definition, group: Group, window: Window, changes: FiringChange[]): void {
  const before = new Map(window.firings.map((firing) => [firing.signal.id, firing]));
  window.firings = window.episodes.map((episode): Firing => {
    const id = firingId(definition, group, episode);
    const known = before.get(id);
    before.delete(id);
    if (known !== undefined && saysTheSame(known, episode)) return known;
    const after = fire(definition, id, episode);
    changes.push({ before: known?.signal, after: after.signal, parts: after.parts });
    return after;
  });
  for (const { signal } of before.values()) changes.push({ before: signal, after: undefined, parts: [] });
}

function fire(definition: Definition, id: string, episode: Episode): Firing {
  const parts = partsOf(episode);
  const hits = statedHits(episode);
  return { signal: firingOf(id, definition, episode, parts, hits), parts, hits };
}

/** Its parts stay: they are those with which the condition first held. */
function grown(definition: Definition, { signal, parts }: Firing, hits: number): Firing {
  return { signal: grownFiring(signal, definition, hits), parts, hits };
}

/** Whether a firing already says what it would say of an episode. Signals are compared as such: a changed one is another. */
function saysTheSame({ parts, hits, signal }: Firing, episode: Episode): boolean {
  if (hits !== statedHits(episode) || signal.event.id !== episode.completion.event.id) return false;
  const now = partsOf(episode);
  return now.length === parts.length && now.every((part, index) => part === parts[index]);
}
