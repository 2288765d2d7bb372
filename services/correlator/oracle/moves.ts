import { type Entity, entityKind } from '#shared/event/entity.ts';
import type { Parameters } from '../core/parameters.ts';
import { ms } from './identity.ts';
import { isBody, isRequest, isWhere, partsIn } from './links.ts';
import { before, comesWith, personOf, type Resolved, usualOf } from './signals.ts';

/** Makes bridges of the signals that are moves; `all` is in order. */
export function withMoves(all: readonly Resolved[], parameters: Parameters): Resolved[] {
  const done: Resolved[] = [];
  for (const one of all) {
    const calls = one.role === 'attach' ? newPeersOf(one, done, all, parameters) : [];
    const isAct = one.role === 'attach' && (one.signal.first_only === true || isRequest(one));
    const isNew = isAct ? isFirst(one, all, parameters) : calls.length > 0;
    const moves = isNew && (isStranger(one, all, parameters) || comesFromTrouble(one, done, all, parameters));
    done.push(moves ? { ...one, moves, calls: isAct ? [] : calls, role: 'bridge' } : one);
  }
  return done;
}

/** Peers on the outside that traffic goes to. */
export function peersOf({ signal, targets }: Resolved): Entity[] {
  if (!['network', 'runtime'].includes(signal.family) || signal.class === 'context') return [];
  return [...targets.keys()].filter((entity) => entityKind(entity) === 'external');
}

function isWithinDay(other: Resolved, one: Resolved, { attach }: Parameters): boolean {
  return other.role !== 'suppressed' && other.t < one.t && other.t >= one.t - ms(attach.habit_lookback_ms);
}

function newPeersOf(
  one: Resolved,
  earlier: readonly Resolved[],
  all: readonly Resolved[],
  parameters: Parameters,
): Entity[] {
  const sees = (other: Resolved, peer: Entity): boolean =>
    isWithinDay(other, one, parameters) && peersOf(other).includes(peer);
  return peersOf(one).filter(
    (peer) =>
      !all.some((other) => sees(other, peer)) || earlier.some((other) => other.moves && sees(other, peer)),
  );
}

function isFirst(one: Resolved, all: readonly Resolved[], parameters: Parameters): boolean {
  const usual = usualOf(one);
  if (usual === undefined) return false;
  const until = isRequest(one) ? one.t - ms(parameters.links.move.gap_ms) : one.t;
  return !all.some(
    (other) => usualOf(other) === usual && isWithinDay(other, one, parameters) && other.t < until,
  );
}

/** Whether a person who was seen asking earlier that day asks with something new: newness is told elsewhere. */
function isStranger(one: Resolved, all: readonly Resolved[], parameters: Parameters): boolean {
  const person = one.role === 'attach' && isRequest(one) ? personOf(one) : undefined;
  if (person === undefined) return false;
  const until = one.t - ms(parameters.links.move.gap_ms);
  return all.some(
    (other) => personOf(other) === person && isWithinDay(other, one, parameters) && other.t < until,
  );
}

/** Whether something suspicious happened shortly before where it comes from, or a move led there. */
function comesFromTrouble(
  one: Resolved,
  earlier: readonly Resolved[],
  all: readonly Resolved[],
  { links, attach }: Parameters,
): boolean {
  const from = [...one.actors.keys()].filter((entity) => {
    const parts = partsIn(one, entity);
    return parts?.sink === true && isWhere(one, parts);
  });
  const isNear = (other: Resolved): boolean => one.t - other.t <= ms(links.move.gap_ms);
  const isAct = one.signal.first_only === true || isRequest(one);
  const acts = all.filter(
    (other) =>
      other.role === 'bridge' &&
      isNear(other) &&
      (isAct ? before(other, one) < 0 : other.t <= one.t + ms(attach.effect_ms)) &&
      !isOfThief(other, one, all, attach) &&
      from.some((entity) => {
        const parts = partsIn(other, entity);
        const here = partsIn(one, entity);
        return parts?.sink === true && here !== undefined && (isBody(here) || parts.itself);
      }),
  );
  const led = earlier.filter(
    (other) => other.moves && isNear(other) && from.some((entity) => partsIn(other, entity)?.kind === 'move'),
  );
  return acts.length + led.length > 0;
}

/** Whether an account's own program was seen before somebody else asked in its name. */
function isOfThief(
  other: Resolved,
  one: Resolved,
  all: readonly Resolved[],
  attach: Parameters['attach'],
): boolean {
  const [account, program] = comesWith(one) ?? [];
  const [who, what] = comesWith(other) ?? [];
  if (account === undefined || account.startsWith('user:') || who !== account || what === program)
    return false;
  return all.some(
    (each) =>
      each.role !== 'suppressed' &&
      each.t >= one.t - ms(attach.habit_lookback_ms) &&
      each.t < other.t &&
      comesWith(each)?.[1] === program,
  );
}
