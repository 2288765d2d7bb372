import type { ContextInterval, ContextStore } from '#shared/context/port.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { second_ns } from '#shared/event/time.ts';
import { type Answer, applyAnswers, extensionOf } from './apply.ts';
import { lookupsOf } from './lookups.ts';

/** How far apart the clocks of a sensor and the API server may be, which writes whole seconds. */
const skew_ns = 5n * second_ns;

/**
 * Adds what is known of the containers, pods, addresses and images of a batch, as of the time of each event, with one
 * read of the context store. Changes the documents in place.
 */
export async function enrich(events: readonly NormalisedEvent[], context: ContextStore): Promise<void> {
  const positions = new Map<string, number>();
  const questions = events.map((event) => {
    const lookups = lookupsOf(event);
    for (const { key } of lookups) if (!positions.has(key)) positions.set(key, positions.size);
    return { event, lookups };
  });
  const known = positions.size === 0 ? [] : await context.read([...positions.keys()]);
  for (const { event, lookups } of questions) {
    if (lookups.length === 0) continue;
    const answers: Answer[] = [];
    for (const lookup of lookups) {
      const interval = intervalAt(known[positions.get(lookup.key) ?? -1] ?? [], event.time_ns);
      if (interval !== undefined) answers.push({ lookup, interval });
    }
    applyAnswers(event.document, lookups, answers);
  }
}

/** Says of events that would have been looked up that nobody could be asked. */
export function sayUnavailable(events: readonly NormalisedEvent[]): void {
  for (const event of events) {
    if (lookupsOf(event).length === 0) continue;
    extensionOf(event.document).identity = { method: 'unavailable', confidence: 0 };
  }
}

/** The newest interval that holds at a time; failing that, the nearest within the tolerated skew of the clocks. */
export function intervalAt(
  intervals: readonly ContextInterval[],
  time_ns: bigint,
): ContextInterval | undefined {
  let best: ContextInterval | undefined;
  let best_distance_ns = skew_ns + 1n;
  for (const interval of intervals) {
    const distance_ns = distanceOf(interval, time_ns);
    if (distance_ns > skew_ns || distance_ns > best_distance_ns) continue;
    if (best !== undefined && distance_ns === best_distance_ns && interval.from_ns <= best.from_ns) continue;
    best = interval;
    best_distance_ns = distance_ns;
  }
  return best;
}

function distanceOf({ from_ns, to_ns }: ContextInterval, time_ns: bigint): bigint {
  if (time_ns < from_ns) return from_ns - time_ns;
  return to_ns === undefined || time_ns < to_ns ? 0n : time_ns - to_ns + 1n;
}
