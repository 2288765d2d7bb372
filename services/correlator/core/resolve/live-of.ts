import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import { entitiesOf, inOrder, kindOf } from '../entity/kinds.ts';
import { incidentId } from '../entity/incident-id.ts';
import type { DecisionBook } from '../intake/decisions.ts';
import type { FactBook } from '../intake/facts.ts';
import { floodKey } from '../intake/flood.ts';
import type { Live } from '../live.ts';
import { limitsOf } from '../limits.ts';
import { bucketOf } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { mentionedBy } from '../score/posture.ts';
import { type Resolution, resolve } from './resolve.ts';
import { guiseOf, habitOf } from './habit.ts';
import { mainEntityOf, type Role, rolesOf } from './roles.ts';

/** Resolves a signal at its own time; whether it moves depends on other signals, and is found out afterwards. */
export function liveOf(
  signal: Signal,
  facts: FactBook,
  decisions: DecisionBook,
  parameters: Parameters,
): Live {
  const actors = resolve(entitiesOf(signal.actors), signal.time_ns, facts, parameters);
  const targets = resolve(entitiesOf(signal.targets), signal.time_ns, facts, parameters);
  const { day_ns, hour_ns } = limitsOf(parameters);
  const resolved = { signal, time_ns: signal.time_ns, actors, targets };
  const guise = guiseOf(signal, actors);
  return {
    ...resolved,
    id: signal.id,
    entities: inOrder([...actors.keys(), ...targets.keys()]),
    roles: signal.class === 'context' ? [] : rolesOf(signal, actors, targets),
    main: mainEntityOf(actors, targets),
    habit: habitOf(signal, actors, targets, guise),
    guise,
    peers: peersOf(signal, targets),
    moves: false,
    day: bucketOf(signal.time_ns, day_ns),
    hour: bucketOf(signal.time_ns, hour_ns),
    flood_key: signal.rule.origin === 'correlation' ? undefined : floodKey(signal, parameters),
    vulnerabilities: mentionedBy(signal),
    incident_id: signal.class === 'bridge' ? incidentId(signal.scope, signal.id) : '',
    suppressed_by: decisions.suppressing(resolved),
    approved_by: decisions.approving(resolved),
  };
}

/** The same signal as a move. */
export function movingOf(live: Live, roles: readonly Role[]): Live {
  const { scope, id } = live.signal;
  return { ...live, moves: true, roles, incident_id: incidentId(scope, id) };
}

/** The peers on the outside that traffic goes to. */
function peersOf(signal: Signal, targets: Resolution): readonly Entity[] {
  if ((signal.family !== 'network' && signal.family !== 'runtime') || signal.class === 'context') return [];
  return [...targets.keys()].filter((entity) => kindOf(entity) === 'external');
}

/** Whether two resolutions of one signal say the same, so that nothing has to be done anew. */
export function isSameLive(a: Live, b: Live): boolean {
  return (
    a.signal === b.signal &&
    a.moves === b.moves &&
    (!a.moves || isSameRoles(a.roles, b.roles)) &&
    a.suppressed_by === b.suppressed_by &&
    a.approved_by === b.approved_by &&
    isSameResolution(a.actors, b.actors) &&
    isSameResolution(a.targets, b.targets)
  );
}

/** Which peers of a move connect depends on other signals. */
function isSameRoles(a: readonly Role[], b: readonly Role[]): boolean {
  return a.length === b.length && a.every(({ entity }, at) => entity === b[at]?.entity);
}

function isSameResolution(a: Resolution, b: Resolution): boolean {
  if (a.size !== b.size) return false;
  for (const [entity, x] of a) {
    const y = b.get(entity);
    if (y === undefined || x.named !== y.named || x.of_pod !== y.of_pod || x.replaced !== y.replaced)
      return false;
    if (x.facts.length !== y.facts.length || x.facts.some((fact, at) => fact !== y.facts[at])) return false;
  }
  return true;
}
