import { type Entity } from '#shared/event/entity.ts';
import type { Parameters } from '../core/parameters.ts';
import { ms } from './identity.ts';
import { isBody, partsIn } from './links.ts';
import { before, type Resolved, usualOf } from './signals.ts';

/** Makes bridges of the contacts that are moves; `all` is in order, and a move depends on what is earlier only. */
export function withMoves(all: readonly Resolved[], parameters: Parameters): Resolved[] {
  const done: Resolved[] = [];
  for (const one of all) {
    const moves = isMove(one, done, all, parameters);
    done.push(moves ? { ...one, moves, role: 'bridge' } : one);
  }
  return done;
}

function isMove(
  one: Resolved,
  earlier: readonly Resolved[],
  all: readonly Resolved[],
  { links, attach }: Parameters,
): boolean {
  const usual = usualOf(one);
  if (one.signal.first_only !== true || one.role !== 'attach' || usual === undefined) return false;
  const isFirst = !all.some(
    (other) =>
      other.role !== 'suppressed' &&
      usualOf(other) === usual &&
      other.t < one.t &&
      other.t >= one.t - ms(attach.habit_lookback_ms),
  );
  if (!isFirst) return false;
  const from = [...one.actors.keys()].filter((entity) => {
    const parts = partsIn(one, entity);
    return parts?.sink === true && isBody(parts);
  });
  const leadsHere = (other: Resolved, entity: Entity): boolean => {
    const parts = partsIn(other, entity);
    return other.moves ? parts?.kind === 'move' : parts?.sink === true;
  };
  return earlier.some(
    (other) =>
      other.role === 'bridge' &&
      before(other, one) < 0 &&
      one.t - other.t <= ms(links.move.gap_ms) &&
      from.some((entity) => leadsHere(other, entity)),
  );
}
