import type { Entity } from '#shared/event/entity.ts';
import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import type { LinkKind, Parameters } from '../parameters.ts';
import type { Role } from '../resolve/roles.ts';
import { Groups } from './groups.ts';
import { type EntityHistory, isCauseOnly, isHub, isWithin, lastSourcesBefore } from './history.ts';

/** Where one signal of a sweep plays a part in an entity's history. */
export interface Appearance {
  /** Position of the signal in the sweep. */
  readonly at: number;
  readonly live: Live;
  readonly role: Role;
}

/** One entity's part of a sweep. Lists are in order of time. */
export interface Track {
  readonly history: EntityHistory;
  readonly kind: LinkKind;
  readonly actors: Appearance[];
  readonly sources: Appearance[];
  readonly sinks: Appearance[];
}

/** The signals of a sweep by what they have in common. */
export interface Sweep {
  /** Bridge signals in the order of `byTime`. */
  readonly signals: readonly Live[];
  readonly tracks: readonly Track[];
  /** Neighbouring positions of signals of the same event. */
  readonly events: readonly (readonly [number, number])[];
  /** Positions that are joined whatever they have in common: correlations and their parts. */
  readonly parts: readonly (readonly [number, number])[];
}

/** What laying out needs to know. */
export interface Surroundings {
  readonly historyOf: (entity: Entity) => EntityHistory;
  readonly parameters: Parameters;
}

/**
 * Lays signals out by entity, leaving out hubs. Signals of different compartments (by position; decisions put them
 * there) have nothing in common.
 */
export function layOut(
  signals: readonly Live[],
  { historyOf, parameters }: Surroundings,
  compartments: readonly number[] = [],
): Sweep {
  const tracks = new Map<string, Track>();
  const reached = reachedByMoves(signals);
  const trackOf = (role: Role, kind: LinkKind, suffix: string): Track => {
    const key = `${kind === 'move' ? 'move ' : ''}${role.entity}${suffix}`;
    const track = tracks.get(key) ?? newTrack(historyOf(role.entity), kind);
    tracks.set(key, track);
    return track;
  };
  const lastOfEvent = new Map<string, number>();
  const events: [number, number][] = [];
  const event_gap_ns = limitsOf(parameters).event_gap_ns;
  signals.forEach((live, at) => {
    const compartment = compartments[at] ?? 0;
    const suffix = compartment === 0 ? '' : `\n${compartment}`;
    for (const role of live.roles) {
      const track = trackOf(role, role.kind, suffix);
      if (isHub(track.history, role.kind, live.hour, parameters)) continue;
      const appearance = { at, live, role };
      if (role.actor) track.actors.push(appearance);
      if (role.source) track.sources.push(appearance);
      if (role.sink) track.sinks.push(appearance);
      if (role.sink && reached.has(role.entity)) trackOf(role, 'move', suffix).sinks.push(appearance);
    }
    const event = live.signal.event.id + suffix;
    const before = lastOfEvent.get(event);
    const before_ns = before === undefined ? undefined : signals[before]?.time_ns;
    if (before !== undefined && before_ns !== undefined && live.time_ns - before_ns <= event_gap_ns)
      events.push([before, at]);
    lastOfEvent.set(event, at);
  });
  return {
    signals,
    tracks: [...tracks.values()],
    events,
    parts: partsOf(signals).filter(([a, b]) => (compartments[a] ?? 0) === (compartments[b] ?? 0)),
  };
}

/** What moves lead to: what it does is looked at a second time, with their short reach. */
function reachedByMoves(signals: readonly Live[]): ReadonlySet<Entity> {
  const reached = new Set<Entity>();
  for (const { moves, roles } of signals) {
    if (moves) for (const { kind, entity } of roles) if (kind === 'move') reached.add(entity);
  }
  return reached;
}

function newTrack(history: EntityHistory, kind: LinkKind): Track {
  return { history, kind, actors: [], sources: [], sinks: [] };
}

function partsOf(signals: readonly Live[]): readonly (readonly [number, number])[] {
  const joining = signals.flatMap((live, at) => (live.signal.parts.length > 0 ? [at] : []));
  if (joining.length === 0) return [];
  const positions = new Map(signals.map(({ id }, at) => [id, at]));
  return joining.flatMap((at) =>
    (signals[at]?.signal.parts ?? []).flatMap((part) => {
      const other = positions.get(part);
      return other === undefined || other === at ? [] : [[at, other] as const];
    }),
  );
}

/** Components of the signals under links. */
export function connect(sweep: Sweep, parameters: Parameters): Groups {
  const groups = new Groups(sweep.signals.length);
  for (const [a, b] of [...sweep.events, ...sweep.parts]) groups.join(a, b);
  for (const track of sweep.tracks) {
    connectActors(track, groups, parameters);
    if (track.sources.length === 0 || track.sinks.length === 0) continue;
    if (isCauseOnly(track.kind)) {
      for (const [source, sink] of lastCauses(track, parameters)) groups.join(source.at, sink.at);
    } else connectCauses(track, groups, parameters);
  }
  return groups;
}

/** Linking neighbours gives the same components as linking all pairs. */
function connectActors({ actors, history, kind }: Track, groups: Groups, parameters: Parameters): void {
  let before: Appearance | undefined;
  for (const actor of actors) {
    if (
      before !== undefined &&
      isWithin(history, kind, before.live.time_ns, actor.live.time_ns, parameters)
    ) {
      groups.join(before.at, actor.at);
    }
    before = actor;
  }
}

/**
 * The same components as linking each source with every sink within the budget after it, from few links: each source
 * with the next sink; each sink with the last source before it, and with the last source before the sink before it.
 */
function connectCauses(track: Track, groups: Groups, parameters: Parameters): void {
  const { sources, sinks } = track;
  const skew_ns = limitsOf(parameters).skew_ns;
  let passed = 0;
  let last: Appearance | undefined;
  for (const sink of sinks) {
    const before = last;
    while (true) {
      const source = sources[passed];
      if (source === undefined || source.live.time_ns > sink.live.time_ns + skew_ns) break;
      if (isCause(track, source, sink, skew_ns, parameters)) groups.join(source.at, sink.at);
      last = source;
      passed += 1;
    }
    for (const source of [before, last]) {
      if (source !== undefined && isCause(track, source, sink, skew_ns, parameters))
        groups.join(source.at, sink.at);
    }
  }
}

/** Of kinds that link only as cause: each sink with the last sources before it, when they are within the budget. */
export function* lastCauses(
  track: Track,
  parameters: Parameters,
): Iterable<readonly [source: Appearance, sink: Appearance]> {
  const skew_ns = limitsOf(parameters).skew_ns;
  const sources = new Map(track.sources.map((source) => [source.live.id, source]));
  for (const sink of track.sinks) {
    for (const last of lastSourcesBefore(track.history, track.kind, sink.live, parameters)) {
      const source = sources.get(last.id);
      if (source !== undefined && isCause(track, source, sink, skew_ns, parameters)) yield [source, sink];
    }
  }
}

/** Whether the earlier act on the entity may be the cause of what it does later; clocks may differ by the skew. */
export function isCause(
  { history, kind }: Track,
  source: Appearance,
  sink: Appearance,
  skew_ns: bigint,
  parameters: Parameters,
): boolean {
  if (source.live.time_ns > sink.live.time_ns + skew_ns) return false;
  return isWithin(history, kind, source.live.time_ns, sink.live.time_ns + skew_ns, parameters, skew_ns);
}
