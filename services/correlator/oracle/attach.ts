import { type Entity, entityKind } from '#shared/event/entity.ts';
import type { Reason } from '../core/link/reason.ts';
import type { Parameters } from '../core/parameters.ts';
import { ms } from './identity.ts';
import { linksBetween, partsIn } from './links.ts';
import { peersOf } from './moves.ts';
import type { OraclePart } from './parts.ts';
import { before, comesWith, personOf, usualOf, type Resolved } from './signals.ts';
import type { World } from './world.ts';

interface Winner {
  readonly by: Resolved;
  readonly to: Resolved;
  readonly reason: Reason;
}

/** The strongest, nearest, first link of the attach signals of one event. */
export function attachment(
  attaching: readonly Resolved[],
  { bridges, counts, parameters }: World,
): Winner | undefined {
  const close = ['process', 'container', 'pod', 'pod_name', 'move'];
  const candidates = attaching.flatMap((by) => {
    const session = [...by.actors.keys()].some((entity) => entityKind(entity) === 'session');
    const allowed = (caused: boolean, made: boolean): readonly string[] => {
      if (by.signal.rule.level !== 'informational') {
        const all = session ? [...close, 'connection', 'session'] : Object.keys(parameters.links);
        return caused || made ? all : all.filter((name) => name !== 'workload');
      }
      const flow = [...close, 'connection', 'external'];
      if (caused) return [...flow, 'workload', 'node', 'object'];
      const { family } = by.signal;
      if (made && family === 'admission') return [...close, 'workload', 'object'];
      const person = family === 'runtime' || usualOf(by) === undefined ? [] : ['user', 'session'];
      return [...(family === 'network' ? flow : close), ...person];
    };
    return bridges.flatMap((to) =>
      linksBetween(by, to, counts, parameters)
        .filter(({ kind, rank, apart, entity }) => {
          if (kind === 'part') {
            const near = by.signal.rule.level !== 'informational' && withinAttach(apart, parameters);
            return to.signal.parts.includes(by.id) && (to.signal.opener || near);
          }
          const isItself = (one: Resolved): boolean =>
            entity !== undefined && partsIn(one, entity)?.itself === true;
          const caused = kind === 'cause' && isItself(to);
          const made = kind === 'caused' && isItself(by);
          const linkName = Object.keys(parameters.links)[rank];
          const isLate = by.signal.first_only === true && to.t - by.t > ms(parameters.attach.effect_ms);
          if (kind === 'caused' && isLate) return false;
          if (to.moves && (linkName === 'user' || linkName === 'session')) return false;
          const isSteady = linkName === 'connection' || linkName === 'external';
          if (kind === 'actor' && by.signal.first_only === true && !isSteady) return false;
          return (
            linkName !== undefined &&
            allowed(caused, made).includes(linkName) &&
            withinAttach(apart, parameters)
          );
        })
        .filter(({ entity }) => {
          const byAddress = entity !== undefined && partsIn(by, entity)?.itself === false;
          return !byAddress || !isOfNode(entity) || peersOf(by).length > 0;
        })
        .map((link) => ({ by, to, link })),
    );
  });
  const order: readonly Reason['kind'][] = ['part', 'actor', 'cause', 'caused'];
  candidates.sort(
    (a, b) =>
      a.link.rank - b.link.rank ||
      Number(a.link.apart - b.link.apart) ||
      (a.to.id === b.to.id ? 0 : a.to.id < b.to.id ? -1 : 1) ||
      before(a.by, b.by) ||
      ((a.link.entity ?? '') === (b.link.entity ?? '')
        ? 0
        : (a.link.entity ?? '') < (b.link.entity ?? '')
          ? -1
          : 1) ||
      order.indexOf(a.link.kind) - order.indexOf(b.link.kind),
  );
  const [best] = candidates;
  if (best === undefined) return undefined;
  const { kind, entity, facts } = best.link;
  return { by: best.by, to: best.to, reason: { kind, with: best.to.id, entity, facts } };
}

function isOfNode(entity: Entity | undefined): entity is Entity {
  return entity !== undefined && ['node', 'host_network'].includes(entityKind(entity));
}

function withinAttach(apart: bigint, { attach }: Parameters): boolean {
  return apart <= ms(attach.gap_ms);
}

export function mayJoin({ by, to, reason }: Winner, part: OraclePart, world: World): boolean {
  if (reason.kind === 'part') return true;
  const closed = part.closed.get(to.id);
  if (closed !== undefined && by.t > closed) return false;
  const { entity } = reason;
  const byAddress = isOfNode(entity) && partsIn(by, entity)?.itself === false;
  const { fields } = by.signal;
  const isCreate =
    by.signal.family === 'admission' &&
    fields['kubernetes.audit.verb'] === 'create' &&
    fields['kubernetes.audit.objectRef.subresource'] === undefined;
  const isItself = entity !== undefined && partsIn(by, entity)?.itself === true;
  if (
    reason.kind === 'caused' &&
    isItself &&
    isCreate &&
    ['workload', 'pod', 'pod_name'].includes(entityKind(entity))
  )
    return true;
  if (reason.kind === 'actor' && entity !== undefined && isOfBefore(by, entity, part, world)) return false;
  return (
    !wasUsual(by, part, world) && (!byAddress || peersOf(by).every((peer) => isNew(peer, by, part, world)))
  );
}

/** Whether it was before all that the incident tells of an entity, and the first of that is what was done to it. */
function isOfBefore(by: Resolved, entity: Entity, part: OraclePart, { parameters }: World): boolean {
  const [first] = part.bridges.filter((bridge) => partsIn(bridge, entity) !== undefined);
  if (first === undefined || first.t <= by.t + ms(parameters.skew_ms)) return false;
  const parts = partsIn(first, entity);
  return parts?.source === true && !parts.sink;
}

/** Whether nobody called a peer before the incident began. */
function isNew(peer: Entity, by: Resolved, part: OraclePart, { all, parameters }: World): boolean {
  const begin = part.bridges[0]?.t ?? 0n;
  return !all.some(
    (other) =>
      other.role !== 'suppressed' &&
      peersOf(other).includes(peer) &&
      other.t >= by.t - ms(parameters.attach.habit_lookback_ms) &&
      other.t < begin - ms(parameters.attach.habit_lead_ms),
  );
}

/** Whether the same was shown by any signal before the incident began, or ever before where only the first counts. */
export function wasUsual(one: Resolved, part: OraclePart, { all, parameters }: World): boolean {
  const usual = usualOf(one);
  const begin = part.bridges[0]?.t ?? 0n;
  if (isOfOwningAccount(one, part, all, parameters)) return true;
  if (usual === undefined) return false;
  const isAttach = one.signal.class === 'attach';
  const isAsked = isAttach && (one.signal.family === 'admission' || usual.startsWith('user:'));
  const seen = all.filter(
    (other) => other.role !== 'suppressed' && other.t >= one.t - ms(parameters.attach.habit_lookback_ms),
  );
  const times = seen.filter((other) => usualOf(other) === usual).map(({ t }) => t);
  const person = personOf(one);
  const isOwner =
    person !== undefined &&
    !seen.some((other) => personOf(other) === person && times.every((time) => other.t < time)) &&
    part.bridges.some((bridge) => {
      const [somebody, all] = comesWith(bridge) ?? [];
      return somebody === person && all !== usual;
    });
  const lead = parameters.attach.habit_lead_ms + (isAsked && !isOwner ? parameters.attach.gap_ms : 0);
  const end = one.signal.first_only === true ? one.t : begin - ms(lead);
  return times.some((time) => time < end);
}

/** Whether an account asks with the program that it came with first, while somebody comes under its name with another. */
function isOfOwningAccount(
  one: Resolved,
  { bridges }: OraclePart,
  all: readonly Resolved[],
  { attach }: Parameters,
): boolean {
  const [account, program] = comesWith(one) ?? [];
  if (account === undefined || account.startsWith('user:')) return false;
  const seen = all.flatMap((other) => {
    const isLooked = other.role !== 'suppressed' && other.t >= one.t - ms(attach.habit_lookback_ms);
    const [who, what] = isLooked ? (comesWith(other) ?? []) : [];
    return who === account ? [{ t: other.t, what }] : [];
  });
  const first = seen.filter(({ what }) => what === program).sort((a, b) => Number(a.t - b.t))[0];
  const begin = bridges[0]?.t ?? 0n;
  return (
    first !== undefined &&
    first.t < begin - ms(attach.habit_lead_ms) &&
    !seen.some(({ t }) => t < first.t) &&
    bridges.some((bridge) => {
      const [who, what] = comesWith(bridge) ?? [];
      return who === account && what !== program;
    })
  );
}
