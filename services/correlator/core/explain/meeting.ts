import type { Entity } from '#shared/event/entity.ts';
import { mayJoin, steadyKinds } from '../assemble/joining.ts';
import { isReplaced, kindOf, linkKindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import {
  budgetOf,
  type EntityHistory,
  isCauseOnly,
  isHub,
  isWithin,
  lastSourcesBefore,
  type Rate,
  rateBetween,
} from '../link/history.ts';
import { byTime } from '../order.ts';
import { roleOf } from '../population.ts';
import type { LinkKind, Parameters } from '../parameters.ts';
import type { Role } from '../resolve/roles.ts';

/** What became of one entity that two signals have in common. Times are nanoseconds. */
export type Meeting =
  /** It links them. */
  | { readonly kind: 'links' }
  /** Nothing links over it: an image, a system user, a controller's account. */
  | { readonly kind: 'never' }
  /** A name that stood for one thing in one signal, and for another in the other. */
  | { readonly kind: 'reused'; readonly first: readonly Entity[]; readonly second: readonly Entity[] }
  /** It plays no part in one of them, such as a node that traffic went through. */
  | { readonly kind: 'no_part' }
  /** Both acted on it; that links nothing. */
  | { readonly kind: 'target_only' }
  /** Signals as weak as these do not join over such an entity, and never each other. */
  | { readonly kind: 'weak' }
  /** What it did came before it was acted on. */
  | { readonly kind: 'effect_first' }
  /** Both are its acts, and of this kind of entity an act follows only from what was done to it. */
  | { readonly kind: 'cause_only' }
  /** Something else was done to it in between, from which the act follows. */
  | { readonly kind: 'other_cause'; readonly signal: string }
  /** Too many others deal with it at that time. */
  | { readonly kind: 'hub'; readonly others: number; readonly others_max: number }
  | {
      readonly kind: 'apart';
      readonly apart_ns: bigint;
      readonly limit_ns: bigint;
      /** Undefined: the limit of signals that join without connecting, whatever the rate. */
      readonly rate: Rate | undefined;
    };

/** Strongest first: what would have to change least. */
export const meetingOrder: readonly Meeting['kind'][] = [
  'links',
  'apart',
  'hub',
  'weak',
  'other_cause',
  'effect_first',
  'cause_only',
  'target_only',
  'reused',
  'no_part',
  'never',
];

/** What became of an entity that both signals name or were resolved to; undefined where what it stands for says it. */
export function meetingOver(
  entity: Entity,
  a: Live,
  b: Live,
  history: EntityHistory,
  parameters: Parameters,
): Meeting | undefined {
  const kind = linkKindOf(entity);
  if (kind === undefined) return { kind: 'never' };
  const [first, second] = byTime(a, b) <= 0 ? [a, b] : [b, a];
  const [before, after] = [roleIn(first, entity), roleIn(second, entity)];
  if (isReplaced(kindOf(entity)) && (before === undefined || after === undefined))
    return reused(entity, first, second);
  if (before === undefined || after === undefined) return { kind: 'no_part' };
  const moved = before.kind === 'move' || after.kind === 'move';
  const pair: Pair = { kind: moved ? 'move' : kind, first, second, before, after, history, parameters };
  return roleObstacle(pair) ?? weakness(pair) ?? hubIn(pair) ?? otherCause(pair) ?? timeBetween(pair);
}

interface Pair {
  readonly kind: LinkKind;
  readonly first: Live;
  readonly second: Live;
  readonly before: Role;
  readonly after: Role;
  readonly history: EntityHistory;
  readonly parameters: Parameters;
}

function roleIn({ roles }: Live, entity: Entity): Role | undefined {
  return roles.find((role) => role.entity === entity);
}

/** What a name stood for, where it stood for different things. */
function reused(entity: Entity, first: Live, second: Live): Meeting | undefined {
  const [one, other] = [bearersOf(entity, first), bearersOf(entity, second)];
  const isSame = one.some((bearer) => other.includes(bearer));
  return isSame ? undefined : { kind: 'reused', first: one, second: other };
}

/** What the first statement of a way from a name says that it is. */
function bearersOf(entity: Entity, { actors, targets }: Live): readonly Entity[] {
  const bearers = new Set<Entity>();
  for (const resolution of [actors, targets]) {
    for (const [bearer, { facts }] of resolution) {
      if (facts[0] === `${entity} is ${bearer}`) bearers.add(bearer);
    }
  }
  return [...bearers];
}

function areActors({ before, after }: Pair): boolean {
  return before.actor && after.actor;
}

/** The earlier acted on it and the later is its act, or the other way round within what clocks may differ. */
function isCausal({ first, second, before, after, parameters }: Pair): boolean {
  if (before.source && after.sink) return true;
  const { skew_ns } = limitsOf(parameters);
  return after.source && before.sink && second.time_ns <= first.time_ns + skew_ns;
}

function roleObstacle(pair: Pair): Meeting | undefined {
  const { kind, before, after } = pair;
  if (areActors(pair) || isCausal(pair)) return undefined;
  if (before.sink && after.source) return { kind: 'effect_first' };
  return isCauseOnly(kind) && before.sink && after.sink ? { kind: 'cause_only' } : { kind: 'target_only' };
}

function weakness(pair: Pair): Meeting | undefined {
  const { kind, first, second } = pair;
  const weak = [first, second].filter((live) => roleOf(live) === 'attach');
  const [one, other] = weak;
  if (one === undefined) return undefined;
  if (other !== undefined) return { kind: 'weak' };
  const link = areActors(pair) ? 'actor' : one === second ? 'cause' : 'caused';
  const bridge = one === second ? first : second;
  const isOfOthers = one.signal.first_only === true && areActors(pair) && !steadyKinds.includes(kind);
  const joins = !isOfOthers && mayJoin(one, { bridge, link, kind, entity: pair.after.entity });
  return joins ? undefined : { kind: 'weak' };
}

function hubIn({ kind, first, second, history, parameters }: Pair): Meeting | undefined {
  const { hub_max: others_max } = parameters.links[kind];
  const busy = [first, second].find(({ hour }) => isHub(history, kind, hour, parameters));
  if (busy === undefined || others_max === undefined) return undefined;
  return { kind: 'hub', others: history.othersIn(busy.hour), others_max };
}

function otherCause({ kind, first, second, after, history, parameters }: Pair): Meeting | undefined {
  if (!isCauseOnly(kind) || !after.sink) return undefined;
  const last = lastSourcesBefore(history, kind, second, parameters);
  const [other] = last;
  return other === undefined || last.includes(first) ? undefined : { kind: 'other_cause', signal: other.id };
}

function timeBetween(pair: Pair): Meeting {
  const { kind, first, second, history, parameters } = pair;
  const { gaps, skew_ns, attach_gap_ns, effect_ns } = limitsOf(parameters);
  const slack_ns = areActors(pair) ? 0n : skew_ns;
  const apart_ns = second.time_ns - first.time_ns;
  const joins = roleOf(first) === 'attach' || roleOf(second) === 'attach';
  const isRequest = roleOf(first) === 'attach' && first.signal.first_only === true && !areActors(pair);
  const limit_ns = isRequest ? effect_ns : attach_gap_ns;
  if (joins && apart_ns > limit_ns) return { kind: 'apart', apart_ns, limit_ns, rate: undefined };
  const to_ns = second.time_ns + slack_ns;
  if (isWithin(history, kind, first.time_ns, to_ns, parameters, slack_ns)) return { kind: 'links' };
  const rate = parameters.links[kind].stretches
    ? rateBetween(history, first.time_ns, to_ns, parameters)
    : 'ordinary';
  return { kind: 'apart', apart_ns, limit_ns: budgetOf(gaps[kind], rate), rate };
}
