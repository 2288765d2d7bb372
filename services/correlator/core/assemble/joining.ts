import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import type { Reason } from '../link/reason.ts';
import type { LinkKind } from '../parameters.ts';
import { names, type Role } from '../resolve/roles.ts';

/** Kinds over which an informational signal joins what else its actor did. */
const closeKinds: readonly LinkKind[] = ['process', 'container', 'pod', 'pod_name', 'move'];
/** And a flow, over a connection or peer that a step of the attack names. */
const flowKinds: readonly LinkKind[] = [...closeKinds, 'connection', 'external'];
/**
 * Kinds over which it joins what was done to its actor: all that a workload does which the attack made is the attack's,
 * and all that is done for an object that it wrote.
 */
const causedKinds: readonly LinkKind[] = [...flowKinds, 'workload', 'node', 'object'];
/** Kinds over which a first contact joins what else the same client or connection did. */
export const steadyKinds: readonly LinkKind[] = ['connection', 'external'];
/** Kinds over which a signal of a session may join. */
const sessionKinds: readonly LinkKind[] = [...closeKinds, 'connection', 'session'];
/** Kinds over which what a person does joins, when they come with something that they never came with. */
const personKinds: readonly LinkKind[] = ['user', 'session'];
/** Kinds over which a request joins what the object that it made or changed does afterwards. */
const requestedKinds: readonly LinkKind[] = [...closeKinds, 'workload', 'object'];

/** How an attach signal would join a bridge signal. */
export interface Encounter {
  readonly bridge: Live;
  readonly link: Reason['kind'];
  readonly kind: LinkKind;
  readonly entity: Entity;
}

/** How the two meet: one acted on the entity itself (not on a part of it), or else. */
type Way = 'taken' | 'made' | 'other';

function wayOf(live: Live, { bridge, link, entity }: Encounter): Way {
  if (link === 'cause') return names(bridge, entity) ? 'taken' : 'other';
  return link === 'caused' && names(live, entity) ? 'made' : 'other';
}

/** Whose traffic it is that shows the address of a node, nobody knows. */
export function isOverAddressOfNode({ kind, itself }: Role): boolean {
  return kind === 'host_network' || (kind === 'node' && !itself);
}

/** Whether an attach signal may join over an entity. */
export function mayJoin(live: Live, encounter: Encounter): boolean {
  const { rule, family } = live.signal;
  const { bridge, kind } = encounter;
  const way = wayOf(live, encounter);
  // What one pod of a workload does is no business of another one that is attacked.
  if (kind === 'workload' && way === 'other') return false;
  // What a thief asks under a name moves; what else is asked under it may be the owner's.
  if (bridge.moves && personKinds.includes(kind)) return false;
  if (rule.level === 'informational') {
    if (way === 'taken') return causedKinds.includes(kind);
    if (way === 'made' && family === 'admission') return requestedKinds.includes(kind);
    if (personKinds.includes(kind)) return family !== 'runtime' && live.habit !== undefined;
    return (family === 'network' ? flowKinds : closeKinds).includes(kind);
  }
  const session: EntityKind = 'session';
  const isOfSession = [...live.actors.keys()].some((entity) => kindOf(entity) === session);
  return !isOfSession || sessionKinds.includes(kind);
}
