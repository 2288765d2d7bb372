import type { Entity } from '#shared/event/entity.ts';
import type { Live } from './live.ts';
import {
  type EntityHistory,
  isCauseOnly,
  isHub,
  isFromElsewhere,
  lastSourcesBefore,
  type Rate,
  rateOf,
} from './link/history.ts';
import { limitsOf } from './limits.ts';
import { between, lowerBound } from './order.ts';
import type { LinkKind, Parameters } from './parameters.ts';
import type { Role } from './resolve/roles.ts';
import type { Component, PartState } from './state.ts';

/** What one batch of changes touches: nothing else is computed anew. */
export class Affected {
  /** Bridge signals that are new or were resolved anew. */
  readonly fresh = new Set<Live>();
  /** Bridge signals as they were before. */
  readonly former = new Set<Live>();
  readonly components = new Set<Component>();
  readonly parts = new Set<PartState>();
  /** Events whose attach signals may belong elsewhere now. */
  readonly events = new Set<string>();
  /** Flood keys of which more was counted or kept. */
  readonly floods = new Set<string>();
  /** Entities about which there is other context now. */
  readonly described = new Set<Entity>();
  readonly #before = new Map<string, Before>();

  /** Remembers rarity and hub of an entity's buckets before a signal changes them. */
  watch(history: EntityHistory, kind: LinkKind, live: Live, parameters: Parameters): void {
    const dayKey = `d${live.day} ${history.entity}`;
    if (!this.#before.has(dayKey)) {
      const before = rateOf(history.signalsIn(live.day), parameters);
      this.#before.set(dayKey, { history, kind, bucket: live.day, hourly: false, before });
    }
    if (parameters.links[kind].hub_max === undefined) return;
    const hourKey = `h${live.hour} ${history.entity}`;
    if (this.#before.has(hourKey)) return;
    const before = isHub(history, kind, live.hour, parameters);
    this.#before.set(hourKey, { history, kind, bucket: live.hour, hourly: true, before });
  }

  /** Signals of entities whose rarity or hub-ness in some bucket is another one now, near enough to matter. */
  *shifted(
    parameters: Parameters,
  ): Iterable<{ readonly bridges: Iterable<Live>; readonly attaching: Iterable<Live> }> {
    const { reach_ns, day_ns, hour_ns } = limitsOf(parameters);
    for (const { history, kind, bucket, hourly, before } of this.#before.values()) {
      const now = hourly
        ? isHub(history, kind, bucket, parameters)
        : rateOf(history.signalsIn(bucket), parameters);
      if (now === before) continue;
      const length_ns = hourly ? hour_ns : day_ns;
      const from_ns = BigInt(bucket) * length_ns - reach_ns;
      const to_ns = from_ns + length_ns + 2n * reach_ns;
      const lists = [history.actors, history.sources, history.sinks];
      yield {
        bridges: new Set(lists.flatMap((list) => between(list, from_ns, to_ns))),
        attaching: between(history.attaching, from_ns, to_ns),
      };
    }
  }
}

interface Before {
  readonly history: EntityHistory;
  readonly kind: LinkKind;
  readonly bucket: number;
  readonly hourly: boolean;
  readonly before: Rate | boolean;
}

/**
 * Bridge signals next to a new one in the history of an entity, by every part that it plays: those whose components it
 * may join. What lies further away is linked to these already, if it is within reach at all.
 */
export function* neighboursOf(
  live: Live,
  { actor, source, sink, kind }: Role,
  history: EntityHistory,
  parameters: Parameters,
): Iterable<Live> {
  const usable = (other: Live): boolean => !isHub(history, kind, other.hour, parameters);
  const { skew_ns, gaps } = limitsOf(parameters);
  const reach_ns = gaps[kind].longest_ns + skew_ns;
  if (!usable(live)) return;
  if (actor) {
    yield* upTo(before(history.actors, live, reach_ns), usable, () => true);
    yield* upTo(after(history.actors, live, reach_ns), usable, () => true);
  }
  if (isCauseOnly(kind)) {
    yield* causalNeighbours(live, { source, sink, kind }, history, reach_ns, parameters);
    return;
  }
  if (sink) {
    const reach_of_moves_ns = gaps.move.longest_ns + skew_ns;
    yield* before(history.moves, live, reach_of_moves_ns, live.time_ns + skew_ns);
    // Sources back to the sink before this one, and one more: earlier ones reach that sink too.
    const [previous] = upTo(before(history.sinks, live, reach_ns), usable, () => true);
    const latest_ns = live.time_ns + skew_ns;
    const limit_ns = previous === undefined ? undefined : previous.time_ns + skew_ns;
    yield* upTo(
      before(history.sources, live, reach_ns, latest_ns),
      usable,
      (source_) => limit_ns !== undefined && source_.time_ns <= limit_ns,
    );
  }
  if (source) {
    // Sinks up to the next source, and one more: later ones are reached from that source too.
    const sources = kind === 'move' ? history.moves : history.sources;
    const [next] = upTo(after(sources, live, reach_ns), usable, () => true);
    const limit_ns = next?.time_ns;
    yield* upTo(
      after(history.sinks, live, reach_ns, live.time_ns - skew_ns),
      usable,
      (sink_) => limit_ns !== undefined && sink_.time_ns + skew_ns >= limit_ns,
    );
  }
}

/** The last sources before a sink; the sinks after a source up to the next that hides it, which it takes from those before. */
function* causalNeighbours(
  live: Live,
  { source, sink, kind }: Pick<Role, 'source' | 'sink' | 'kind'>,
  history: EntityHistory,
  reach_ns: bigint,
  parameters: Parameters,
): Iterable<Live> {
  if (sink) yield* lastSourcesBefore(history, kind, live, parameters);
  if (!source) return;
  const { entity } = history;
  const isHidden = !isFromElsewhere(live, entity);
  const [next] = upTo(
    after(history.sources, live, reach_ns),
    (other) => !isHub(history, kind, other.hour, parameters) && (isHidden || isFromElsewhere(other, entity)),
    () => true,
  );
  for (const other of after(history.sinks, live, reach_ns, live.time_ns - limitsOf(parameters).skew_ns)) {
    if (next !== undefined && other.time_ns > next.time_ns) return;
    yield other;
  }
}

/** Where sinks go that a source which is no more had: the sources before it, up to one from elsewhere. */
export function* heirsOf(live: Live, { source, kind }: Role, history: EntityHistory, parameters: Parameters) {
  if (!source || !isCauseOnly(kind)) return;
  const reach_ns = 2n * limitsOf(parameters).reach_ns;
  for (const other of before(history.sources, live, reach_ns)) {
    yield other;
    if (!isHub(history, kind, other.hour, parameters) && isFromElsewhere(other, history.entity)) return;
  }
}

/** Usable signals of a walk, up to and including the first that ends it. */
function* upTo(
  walk: Iterable<Live>,
  usable: (live: Live) => boolean,
  ends: (live: Live) => boolean,
): Iterable<Live> {
  for (const live of walk) {
    if (!usable(live)) continue;
    yield live;
    if (ends(live)) return;
  }
}

/** Walks back in time from a signal, or from `from_ns`, as far as `reach_ns`. */
function* before(list: readonly Live[], live: Live, reach_ns: bigint, from_ns?: bigint): Iterable<Live> {
  const start =
    from_ns === undefined ? lowerBound(list, live.time_ns, live.id) : lowerBound(list, from_ns + 1n);
  for (let at = start - 1; at >= 0; at--) {
    const other = list[at];
    if (other === undefined || live.time_ns - other.time_ns > reach_ns) return;
    if (other.id !== live.id) yield other;
  }
}

/** Walks on in time from a signal, or from `from_ns`, as far as `reach_ns`. */
function* after(list: readonly Live[], live: Live, reach_ns: bigint, from_ns?: bigint): Iterable<Live> {
  const start = lowerBound(list, from_ns ?? live.time_ns, from_ns === undefined ? live.id : '');
  for (let at = start; at < list.length; at++) {
    const other = list[at];
    if (other === undefined || other.time_ns - live.time_ns > reach_ns) return;
    if (other.id !== live.id) yield other;
  }
}
