import type { Entity } from '#shared/event/entity.ts';
import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import { between, byTime, toNs } from '../order.ts';
import type { LinkKind, Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';
import { isPersonal } from '../resolve/habit.ts';
import { names, type Role } from '../resolve/roles.ts';
import { keysOf } from './habits.ts';

/** What an intruder sits in, and moves on from. */
const bodyKinds: readonly LinkKind[] = ['container', 'pod', 'pod_name', 'node', 'host_network'];

/** Whose traffic it is that shows the address of a node, nobody knows. */
function isBody({ kind, itself }: Role): boolean {
  return bodyKinds.includes(kind) && (kind !== 'node' || itself);
}

/** Who asks the API server for something, and for what object an operator does. */
const askingKinds: readonly LinkKind[] = ['user', 'session', 'serviceaccount', 'object'];
/** What a request acts on besides bodies, when it names it. */
const askedKinds: readonly LinkKind[] = ['workload', 'serviceaccount', 'object'];

/** A contact within the cluster, of which the first of its kind counts; a flow to the outside; something asked of the API server. */
type MoveKind = 'contact' | 'call' | 'request';

/** As what an attach signal may be a move. */
function moveKindOf({ signal, peers }: Live): MoveKind | undefined {
  if (signal.class !== 'attach') return undefined;
  if (signal.first_only === true) return 'contact';
  if (peers.length > 0) return 'call';
  return signal.family === 'admission' ? 'request' : undefined;
}

/** Whether a signal is of a kind that can be a move. */
export function mayEverMove(live: Live): boolean {
  return moveKindOf(live) !== undefined;
}

/** Whether a move can come from the entity of a role. Who talks to pods from a node may be anybody who comes through it. */
function isOrigin(role: Role, kind: MoveKind): boolean {
  if (kind === 'contact' && role.kind === 'host_network') return false;
  return role.sink && (isBody(role) || (kind === 'request' && askingKinds.includes(role.kind)));
}

/** Whether a move can lead to the entity of a role. */
function isGoal(role: Role, kind: MoveKind): boolean {
  // What a pod does in the network of its node leads nowhere within it.
  if (!role.source || (role.kind === 'host_network' && role.sink)) return false;
  return isBody(role) || (kind === 'request' && askedKinds.includes(role.kind) && role.itself);
}

/**
 * The roles of an attach signal that is a move; undefined for one that is none. A move comes from where something
 * suspicious happened shortly before, from where a move led, or from a known person with another program. It is a contact within the cluster that is the first of
 * its kind, or a request of a kind that is new, and connects what it comes from with what happens shortly afterwards where
 * it leads; or a call to a peer on the outside that nobody called before, or only moves did, and connects all that such a
 * peer is called by. It depends on what is earlier and on signals that are no moves: so there is one answer.
 */
export function rolesOfMove(
  live: Live,
  population: Population,
  parameters: Parameters,
): readonly Role[] | undefined {
  const kind = moveKindOf(live);
  if (kind === undefined || live.suppressed_by !== undefined) return undefined;
  // Nearly all traffic comes from where nothing happened: that is asked first.
  if (
    !isKnownPerson(live, kind, population, parameters) &&
    !comesFromTrouble(live, kind, population, parameters)
  ) {
    return undefined;
  }
  const peers = kind === 'call' ? newPeersOf(live, population, parameters) : [];
  const isNew = kind === 'call' ? peers.length > 0 : isFirst(live, kind, population, parameters);
  if (!isNew) return undefined;
  return live.roles.flatMap((role): readonly Role[] => {
    if (peers.includes(role.entity)) return [role];
    if (role.kind === 'connection' || isOrigin(role, kind)) return [{ ...role, source: false }];
    return isGoal(role, kind) ? [{ ...role, kind: 'move' }] : [];
  });
}

/** Whether the same was not seen within a day; a new program asks more than once. */
function isFirst(live: Live, kind: MoveKind, { habits }: Population, parameters: Parameters): boolean {
  const { from_ns, until_ns } =
    kind === 'request' ? beforeRequest(live, parameters) : beforeNow(live, parameters);
  return live.habit !== undefined && !habits.seenBetween(live.habit, from_ns, until_ns);
}

/** Whether a person was seen asking within a day: if the program is new, it may be a thief's. */
function isKnownPerson(live: Live, kind: MoveKind, { habits }: Population, parameters: Parameters): boolean {
  const { guise, habit } = live;
  if (kind !== 'request' || guise === undefined || guise.text !== habit) return false;
  const { from_ns, until_ns } = beforeRequest(live, parameters);
  return habits.seenBetween(guise.person, from_ns, until_ns);
}

interface Interval {
  readonly from_ns: bigint;
  readonly until_ns: bigint;
}

function beforeNow({ time_ns }: Live, { attach }: Parameters): Interval {
  return { from_ns: time_ns - toNs(attach.habit_lookback_ms), until_ns: time_ns };
}

function beforeRequest(live: Live, parameters: Parameters): Interval {
  const { from_ns, until_ns } = beforeNow(live, parameters);
  return { from_ns, until_ns: until_ns - limitsOf(parameters).gaps.move.longest_ns };
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

/** Trouble in a pod is none of its account, which others have too, until that account asks for something. */
function comesFromTrouble(
  live: Live,
  kind: MoveKind,
  population: Population,
  parameters: Parameters,
): boolean {
  const { gaps, effect_ns } = limitsOf(parameters);
  const from_ns = live.time_ns - gaps.move.longest_ns;
  // What a call brings in is seen just afterwards.
  const to_ns = kind === 'call' ? live.time_ns + effect_ns : live.time_ns;
  const isBefore = (other: Live): boolean => byTime(other, live) < 0;
  const isTrouble = (other: Live, role: Role): boolean =>
    !other.moves &&
    (kind === 'call' || isBefore(other)) &&
    (isBody(role) || names(other, role.entity)) &&
    !isOfThief(other, live, population, parameters);
  return live.roles.some((role) => {
    const history = isOrigin(role, kind) ? population.known(role.entity) : undefined;
    if (history === undefined) return false;
    return (
      between(history.sinks, from_ns, to_ns).some((other) => isTrouble(other, role)) ||
      between(history.moves, from_ns, live.time_ns).some(isBefore)
    );
  });
}

/** Whether somebody else asks in the name of an account, with a program that it does not come with. */
function isOfThief(
  other: Live,
  { guise, time_ns }: Live,
  { habits }: Population,
  { attach }: Parameters,
): boolean {
  if (guise === undefined || isPersonal(guise.text) || other.guise?.person !== guise.person) return false;
  const from_ns = time_ns - toNs(attach.habit_lookback_ms);
  return other.guise.text !== guise.text && habits.seenBetween(guise.text, from_ns, other.time_ns);
}

/** Whether trouble may be of the entity of a role: to a port of a node, also what shows its address is the node's. */
function mayBeTrouble({ kind, sink }: Role): boolean {
  return sink && (bodyKinds.includes(kind) || askingKinds.includes(kind));
}

/** Signals that are moves now, or may be none any more, because a signal came or went. */
export function* mayMove(live: Live, population: Population, parameters: Parameters): Iterable<Live> {
  const { gaps, effect_ns } = limitsOf(parameters);
  const lookback_ns = toNs(parameters.attach.habit_lookback_ms);
  // Asking costs less than resolving a signal anew, and the answer is nearly always no.
  const isInDoubt = (other: Live): boolean =>
    other.moves || rolesOfMove(other, population, parameters) !== undefined;
  const later = (list: readonly Live[], before_ns: bigint, after_ns: bigint): readonly Live[] =>
    between(list, live.time_ns - before_ns, live.time_ns + after_ns).filter(isInDoubt);
  if (live.signal.class === 'bridge' || live.moves) {
    for (const role of live.roles) {
      if (!(live.moves ? role.kind === 'move' : mayBeTrouble(role))) continue;
      const history = population.known(role.entity);
      if (history === undefined) continue;
      yield* later(history.attaching, effect_ns, gaps.move.longest_ns);
      yield* later(history.sinks, effect_ns, gaps.move.longest_ns);
    }
  }
  const { habits } = population;
  for (const key of keysOf(live)) yield* later(habits.of(key), -1n, lookback_ns);
}
