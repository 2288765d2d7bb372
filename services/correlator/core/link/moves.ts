import type { Entity } from '#shared/event/entity.ts';
import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import { between, byTime, toNs } from '../order.ts';
import type { LinkKind, Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';
import type { Role } from '../resolve/roles.ts';
import type { EntityHistory } from './history.ts';

/** What an intruder sits in, and moves on from. */
const bodyKinds: readonly LinkKind[] = ['container', 'pod', 'pod_name', 'node'];

/** Whose traffic it is that shows the address of a node, nobody knows. */
function isBody({ kind, facts }: Role): boolean {
  return bodyKinds.includes(kind) && (kind !== 'node' || facts.length === 0);
}

/** A contact within the cluster, which counts as the first of its kind only. */
function isContact({ signal }: Live): boolean {
  return signal.first_only === true && signal.class === 'attach';
}

/** A flow to peers on the outside. */
function isCall({ signal, peers }: Live): boolean {
  return signal.family === 'network' && signal.class === 'attach' && peers.length > 0;
}

/** Whether a signal is of a kind that can be a move. */
export function mayEverMove(live: Live): boolean {
  return isContact(live) || isCall(live);
}

/**
 * The roles of an attach signal that is a move; undefined for one that is none. A move comes from where something
 * suspicious happened shortly before, or from where a move led. It is a contact within the cluster that is the first of
 * its kind, and connects what it comes from with what happens shortly afterwards where it leads; or a call to a peer on the
 * outside that nobody called before, or only moves did, and connects all that such a peer is called by. It depends on what
 * is earlier and on signals that are no moves: so there is one answer.
 */
export function rolesOfMove(
  live: Live,
  population: Population,
  parameters: Parameters,
): readonly Role[] | undefined {
  if (live.suppressed_by !== undefined || !mayEverMove(live)) return undefined;
  // Nearly all traffic comes from where nothing happened: that is asked first.
  if (!comesFromTrouble(live, population, parameters)) return undefined;
  const peers = isContact(live) ? [] : newPeersOf(live, population, parameters);
  const isNew = isContact(live) ? isFirst(live, population, parameters) : peers.length > 0;
  if (!isNew) return undefined;
  return live.roles.flatMap((role): readonly Role[] => {
    if (peers.includes(role.entity)) return [role];
    if (role.kind !== 'connection' && !isBody(role)) return [];
    if (!role.source) return [role];
    return role.actor || role.sink ? [{ ...role, source: false }] : [{ ...role, kind: 'move' }];
  });
}

function isFirst({ habit, time_ns }: Live, { habits }: Population, { attach }: Parameters): boolean {
  return habit !== undefined && !habits.seenBetween(habit, time_ns - toNs(attach.habit_lookback_ms), time_ns);
}

/** Peers that were not seen within a day before, or that a move called. */
function newPeersOf({ peers, time_ns }: Live, { habits }: Population, { attach }: Parameters): Entity[] {
  const from_ns = time_ns - toNs(attach.habit_lookback_ms);
  return peers.filter(
    (peer) =>
      !habits.seenBetween(peer, from_ns, time_ns) ||
      between(habits.of(peer), from_ns, time_ns - 1n).some(({ moves }) => moves),
  );
}

function comesFromTrouble(live: Live, population: Population, parameters: Parameters): boolean {
  const { gaps, effect_ns } = limitsOf(parameters);
  const from_ns = live.time_ns - gaps.move.longest_ns;
  // What a call brings in is seen just afterwards.
  const to_ns = isContact(live) ? live.time_ns : live.time_ns + effect_ns;
  const isBefore = (other: Live): boolean => byTime(other, live) < 0;
  const troubles = ({ sinks, moves }: EntityHistory): boolean =>
    between(sinks, from_ns, to_ns).some((other) => !other.moves && (!isContact(live) || isBefore(other))) ||
    between(moves, from_ns, live.time_ns).some(isBefore);
  return live.roles.some((role) => {
    const history = role.sink && isBody(role) ? population.known(role.entity) : undefined;
    return history !== undefined && troubles(history);
  });
}

/** Signals that may be moves, or no longer, because a signal came or went. */
export function* mayMove(live: Live, population: Population, parameters: Parameters): Iterable<Live> {
  const { gaps, effect_ns } = limitsOf(parameters);
  const lookback_ns = toNs(parameters.attach.habit_lookback_ms);
  const later = (list: readonly Live[], before_ns: bigint, after_ns: bigint): readonly Live[] =>
    between(list, live.time_ns - before_ns, live.time_ns + after_ns).filter(mayEverMove);
  if (live.signal.class === 'bridge' || live.moves) {
    for (const role of live.roles) {
      if (!(live.moves ? role.kind === 'move' : role.sink && isBody(role))) continue;
      const history = population.known(role.entity);
      if (history === undefined) continue;
      yield* later(history.attaching, effect_ns, gaps.move.longest_ns);
      yield* later(history.sinks, effect_ns, gaps.move.longest_ns);
    }
  }
  const { habits } = population;
  if (live.habit !== undefined) yield* later(habits.of(live.habit), -1n, lookback_ns);
  for (const peer of live.peers) yield* later(habits.of(peer), -1n, lookback_ns);
}
