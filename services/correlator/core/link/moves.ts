import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import { between, byTime, toNs } from '../order.ts';
import type { LinkKind, Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';
import type { Role } from '../resolve/roles.ts';

/** What an intruder sits in, and moves on from. */
const bodyKinds: readonly LinkKind[] = ['container', 'pod', 'pod_name', 'node'];

/** Whose traffic it is that shows the address of a node, nobody knows. */
function isBody({ kind, facts }: Role): boolean {
  return bodyKinds.includes(kind) && (kind !== 'node' || facts.length === 0);
}

/**
 * Whether an attach signal is a move: a contact that is the first of its kind, and comes from where something suspicious
 * happened shortly before, or from where a move led. A move connects what it comes from with what happens shortly
 * afterwards where it leads. It depends on what is earlier only, so that there is one answer.
 */
export function isMove(live: Live, population: Population, parameters: Parameters): boolean {
  if (live.signal.first_only !== true || live.signal.class !== 'attach' || live.habit === undefined)
    return false;
  if (live.suppressed_by !== undefined) return false;
  const lookback_ns = toNs(parameters.attach.habit_lookback_ms);
  if (population.habits.seenBetween(live.habit, live.time_ns - lookback_ns, live.time_ns)) return false;
  const from_ns = live.time_ns - limitsOf(parameters).gaps.move.longest_ns;
  const isBefore = (other: Live): boolean => byTime(other, live) < 0;
  return live.roles.some((role) => {
    const history = role.sink && isBody(role) ? population.known(role.entity) : undefined;
    if (history === undefined) return false;
    const acts = between(history.sinks, from_ns, live.time_ns);
    return (
      acts.some((other) => !other.moves && isBefore(other)) ||
      between(history.moves, from_ns, live.time_ns).some(isBefore)
    );
  });
}

/**
 * The roles of a move: where it comes from it acts as any signal does, and what it leads to is reached for a short time
 * only. Whose account or client it was connects nothing.
 */
export function rolesOfMove(roles: readonly Role[]): readonly Role[] {
  return roles.flatMap((role): readonly Role[] => {
    if (role.kind !== 'connection' && !isBody(role)) return [];
    if (!role.source) return [role];
    return role.actor || role.sink ? [{ ...role, source: false }] : [{ ...role, kind: 'move' }];
  });
}

/** Signals that may be moves, or no longer, because a signal came or went. */
export function* mayMove(live: Live, population: Population, parameters: Parameters): Iterable<Live> {
  const until_ns = live.time_ns + limitsOf(parameters).gaps.move.longest_ns;
  if (live.signal.class === 'bridge' || live.moves) {
    for (const role of live.roles) {
      if (!(live.moves ? role.kind === 'move' : role.sink && isBody(role))) continue;
      const history = population.known(role.entity);
      if (history === undefined) continue;
      yield* between(history.attaching, live.time_ns, until_ns).filter(countsAsFirst);
      yield* between(history.sinks, live.time_ns, until_ns).filter(countsAsFirst);
    }
  }
  if (live.habit === undefined) return;
  const lookback_ns = toNs(parameters.attach.habit_lookback_ms);
  const same = population.habits.of(live.habit);
  yield* between(same, live.time_ns + 1n, live.time_ns + lookback_ns).filter(countsAsFirst);
}

function countsAsFirst({ signal }: Live): boolean {
  return signal.first_only === true;
}
