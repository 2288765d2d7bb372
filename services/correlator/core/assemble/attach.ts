import type { Live } from '../live.ts';
import { type EntityHistory, isHub, isWithin } from '../link/history.ts';
import { bothFacts, part_rank, type Reason } from '../link/reason.ts';
import type { Surroundings } from '../link/sweep.ts';
import { limitsOf } from '../limits.ts';
import { lowerBound } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import type { Role } from '../resolve/roles.ts';
import { type Encounter, isOverAddressOfNode, mayJoin, steadyKinds } from './joining.ts';

/** The bridge signal that an attach signal is linked to most closely. */
export interface Attachment {
  readonly bridge: Live;
  readonly reason: Reason;
  readonly rank: number;
  readonly apart_ns: bigint;
}

/**
 * Where an attach signal belongs: strongest kind of link, then smallest gap, then the bridge signal's id.
 * `correlations` are the bridge signals that name it as a part.
 */
export function attachmentOf(
  live: Live,
  correlations: readonly Live[],
  surroundings: Surroundings,
): Attachment | undefined {
  let best: Attachment | undefined;
  for (const bridge of correlations) {
    if (!isStep(live, bridge, surroundings.parameters)) continue;
    const reason: Reason = { kind: 'part', with: bridge.id, entity: undefined, facts: [] };
    best = closer(best, { bridge, reason, rank: part_rank, apart_ns: apart(live, bridge) });
  }
  if (best !== undefined) return best;
  for (const role of live.roles) {
    // Whose traffic it is that shows the node's address, nobody knows: only to whom it goes may tell.
    if (isOverAddressOfNode(role) && live.peers.length === 0) continue;
    const history = surroundings.historyOf(role.entity);
    if (isHub(history, role.kind, live.hour, surroundings.parameters)) continue;
    for (const candidate of nearestOver(live, role, history, surroundings.parameters)) {
      best = closer(best, candidate);
    }
  }
  return best;
}

/** The parts of a sequence are its steps; what was merely counted joins within the limits of any attach signal. */
function isStep(live: Live, correlation: Live, parameters: Parameters): boolean {
  if (correlation.signal.opener) return true;
  return (
    live.signal.rule.level !== 'informational' &&
    apart(live, correlation) <= limitsOf(parameters).attach_gap_ns
  );
}

function closer(a: Attachment | undefined, b: Attachment): Attachment {
  if (a === undefined) return b;
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  if (a.apart_ns !== b.apart_ns) return a.apart_ns < b.apart_ns ? a : b;
  if (a.bridge.id !== b.bridge.id) return a.bridge.id < b.bridge.id ? a : b;
  return a;
}

/** The nearest bridge signals of one entity that a signal may join, for each way in which they may be linked. */
function* nearestOver(
  live: Live,
  role: Role,
  history: EntityHistory,
  parameters: Parameters,
): Iterable<Attachment> {
  const { skew_ns, attach_gap_ns: limit_ns, effect_ns, ranks } = limitsOf(parameters);
  const within = (from: Live, to: Live, slack_ns: bigint, kind = role.kind): boolean => {
    const to_ns = to.time_ns + slack_ns;
    if (from.time_ns > to_ns || to.time_ns - from.time_ns > limit_ns) return false;
    return isWithin(history, kind, from.time_ns, to_ns, parameters, slack_ns);
  };
  const found = (bridge: Live, link: Reason['kind'], kind = role.kind): Attachment => {
    const reason = { kind: link, with: bridge.id, entity: role.entity, facts: factsOf(role, bridge) };
    return { bridge, reason, rank: ranks.get(kind) ?? 0, apart_ns: apart(live, bridge) };
  };
  const isOpen = (encounter: Encounter): boolean =>
    !isHub(history, encounter.kind, encounter.bridge.hour, parameters) && mayJoin(live, encounter);
  // Beyond the limit anything ends the search; `within` refuses it.
  const usable =
    (link: Reason['kind'], kind = role.kind) =>
    (bridge: Live): boolean =>
      apart(live, bridge) > limit_ns || isOpen({ bridge, link, kind, entity: role.entity });
  // What comes from where something happened is a move, and no attach signal: what is left is of others.
  const isOfOthers = live.signal.first_only === true && !steadyKinds.includes(role.kind);
  if (role.actor && !isOfOthers) {
    for (const bridge of nearest(history.actors, live.time_ns, usable('actor'))) {
      const [from, to] = bridge.time_ns <= live.time_ns ? [bridge, live] : [live, bridge];
      if (within(from, to, 0n)) yield found(bridge, 'actor');
    }
  }
  if (role.sink) {
    for (const bridge of nearest(history.sources, live.time_ns, usable('cause'))) {
      if (within(bridge, live, skew_ns)) yield found(bridge, 'cause');
    }
    for (const bridge of nearest(history.moves, live.time_ns, usable('cause', 'move'))) {
      if (within(bridge, live, skew_ns, 'move')) yield found(bridge, 'cause', 'move');
    }
  }
  if (role.source) {
    for (const bridge of nearest(history.sinks, live.time_ns, usable('caused'))) {
      // Services are asked something all the time: it matters when what they do next follows at once.
      if (live.signal.first_only === true && bridge.time_ns - live.time_ns > effect_ns) continue;
      if (within(live, bridge, skew_ns)) yield found(bridge, 'caused');
    }
  }
}

function factsOf(role: Role, bridge: Live): readonly string[] {
  const other = bridge.roles.find(({ entity }) => entity === role.entity);
  return bothFacts(role.facts, other?.facts ?? []);
}

/** The first usable signal at or after a time, and the last before it (of several at one time the first usable by id). */
function nearest(list: readonly Live[], time_ns: bigint, usable: (live: Live) => boolean): readonly Live[] {
  if (list.length === 0) return list;
  const split = lowerBound(list, time_ns);
  const after = firstUsable(list, split, 1, usable);
  const before = firstUsable(list, split - 1, -1, usable);
  const found = after === undefined ? [] : [after];
  const first =
    before === undefined ? undefined : firstUsable(list, lowerBound(list, before.time_ns), 1, usable);
  return first === undefined ? found : [...found, first];
}

/** `usable` is asked for signals further and further away, until it accepts one. */
function firstUsable(
  list: readonly Live[],
  start: number,
  step: 1 | -1,
  usable: (live: Live) => boolean,
): Live | undefined {
  for (let at = start; at >= 0 && at < list.length; at += step) {
    const live = list[at];
    if (live !== undefined && usable(live)) return live;
  }
  return undefined;
}

function apart(a: Live, b: Live): bigint {
  return a.time_ns < b.time_ns ? b.time_ns - a.time_ns : a.time_ns - b.time_ns;
}
