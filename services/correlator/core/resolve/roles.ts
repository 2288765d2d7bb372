import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { kindOf, linkKindOf, mainKinds } from '../entity/kinds.ts';
import { compareText } from '../order.ts';
import type { LinkKind } from '../parameters.ts';
import type { Found, Resolution } from './resolve.ts';

/** How a signal takes part in the history of one entity that can link. */
export interface Role {
  readonly entity: Entity;
  readonly kind: LinkKind;
  /** Links with every other actor signal of the entity. */
  readonly actor: boolean;
  /** Acted on the entity: links with later signals in which the entity acts. */
  readonly source: boolean;
  /** The entity acts: links with earlier signals that acted on it. */
  readonly sink: boolean;
  /** The statements by which the entity is reached. */
  readonly facts: readonly string[];
  /** The signal speaks of the entity itself, not of something that is part of it, or of an address that it shares. */
  readonly itself: boolean;
}

/** Ports at which a node itself answers, not a pod on it: its remote shell and its kubelet. */
const node_ports: ReadonlySet<string> = new Set(['22', '10250']);

/** The roles of a signal with these actors and targets, in the order of their entities' names. */
export function rolesOf(signal: Signal, actors: Resolution, targets: Resolution): readonly Role[] {
  const is_read = isRead(signal);
  const is_of_node = node_ports.has(signal.fields['destination.port'] ?? '');
  const outside = isOutsidePods(actors);
  const roles: Role[] = [];
  for (const entity of new Set([...actors.keys(), ...targets.keys()])) {
    const kind = linkKindOf(entity);
    if (kind === undefined) continue;
    const acts = actors.get(entity);
    const suffers = targets.get(entity);
    if (acts?.replaced === true || suffers?.replaced === true) continue;
    const facts = shorter(acts, suffers);
    const itself = facts.length === 0 || (kind === 'node' && is_of_node);
    const taken = partsOf(kind, acts, suffers, { outside, itself });
    if (taken === undefined) continue;
    const source = taken.source && !is_read;
    if (taken.actor || taken.sink || source) roles.push({ entity, kind, ...taken, source, facts, itself });
  }
  return roles.sort((a, b) => compareText(a.entity, b.entity));
}

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** A request that merely reads acts on nothing. Sessions in a pod may be asked for with `get`: rules of their own say so. */
function isRead({ family, rule, fields }: Signal): boolean {
  const verb = fields['kubernetes.audit.verb'] ?? '';
  return family === 'admission' && rule.level === 'informational' && reading.has(verb);
}

type Parts = Pick<Role, 'actor' | 'source' | 'sink'>;

/** Which parts an entity of a kind lets a signal play that names it as actor, as target, or as both. */
function partsOf(
  kind: LinkKind,
  acts: Found | undefined,
  suffers: Found | undefined,
  { outside, itself }: { readonly outside: boolean; readonly itself: boolean },
): Parts | undefined {
  // A rare peer on the outside, and a connection, tie both directions together.
  if (kind === 'external' || kind === 'connection') return { actor: true, source: false, sink: false };
  if (kind === 'node') {
    // Only as cause: what reaches the node, then what happens on it outside pods. Traffic to an address of the node
    // reaches what is behind it, unless it goes to a port of the node itself.
    const isReached = suffers !== undefined && (itself || suffers.facts.length === 0);
    return some({ actor: false, source: isReached, sink: acts !== undefined && outside });
  }
  if (kind === 'default_serviceaccount') {
    // Only as cause: from a pod that runs as it, to a use of it that names no pod.
    return some({ actor: false, source: acts?.account === true, sink: acts?.named === true && outside });
  }
  if (kind === 'serviceaccount' && !itself) {
    // Who is in a pod may come to act as its account; that others run as it says nothing.
    return some({ actor: false, source: acts?.account === true || suffers !== undefined, sink: false });
  }
  // An operator does for an object what whoever wrote the object wants; all that it does for one is no single act.
  const actor = acts !== undefined && kind !== 'object';
  return { actor, source: suffers !== undefined, sink: acts !== undefined };
}

function some(parts: Parts): Parts | undefined {
  return parts.source || parts.sink ? parts : undefined;
}

function shorter(a: Found | undefined, b: Found | undefined): readonly string[] {
  if (a === undefined || b === undefined) return (a ?? b)?.facts ?? [];
  if (a.facts.length !== b.facts.length) return a.facts.length < b.facts.length ? a.facts : b.facts;
  return a.facts.join('\n') <= b.facts.join('\n') ? a.facts : b.facts;
}

/** True when no actor is a pod, by whatever name: a container that nobody knows a pod of is the node's own. */
export function isOutsidePods(actors: Resolution): boolean {
  for (const [entity, { named }] of actors) {
    const kind = kindOf(entity);
    if (named && (kind === 'pod' || kind === 'pod_name')) return false;
  }
  return true;
}

/** Whether a signal speaks of an entity itself, not of something that is part of it. */
export function names({ roles }: { readonly roles: readonly Role[] }, entity: Entity): boolean {
  return roles.some((role) => role.entity === entity && role.itself);
}

/** The steadiest thing that a signal is about: an actor, else a target. */
export function mainEntityOf(actors: Resolution, targets: Resolution): Entity | undefined {
  return preferredOf(actors, mainKinds) ?? preferredOf(targets, mainKinds);
}

/** What stands in a resolution of the first of these kinds, and is accepted; of several the first by name. */
export function preferredOf(
  resolution: Resolution,
  order: readonly EntityKind[],
  accepts: (entity: Entity) => boolean = () => true,
): Entity | undefined {
  let best: Entity | undefined;
  let best_rank = order.length;
  for (const [entity, { replaced }] of resolution) {
    if (replaced) continue;
    const rank = order.indexOf(kindOf(entity));
    if (rank === -1 || rank > best_rank) continue;
    if (!accepts(entity)) continue;
    if (rank < best_rank || best === undefined || entity < best) best = entity;
    best_rank = rank;
  }
  return best;
}

/** Tiers of what stands on the other side of a possible hub: workloads and people, else the next best name. */
const otherSides: readonly (readonly EntityKind[])[] = [
  ['workload', 'user'],
  ['pod'],
  ['pod_name'],
  ['container'],
  ['serviceaccount'],
  ['node'],
  ['ip'],
];

/** Who is on the other side of `entity` in a signal: counted to find hubs. */
export function otherSidesOf(entity: Entity, actors: Resolution, targets: Resolution): readonly Entity[] {
  for (const tier of otherSides) {
    const others = new Set<Entity>();
    for (const resolution of [actors, targets]) {
      for (const [other, { replaced }] of resolution) {
        if (!replaced && other !== entity && tier.includes(kindOf(other))) others.add(other);
      }
    }
    if (others.size > 0) return [...others];
  }
  return [];
}

/**
 * What a context signal describes: what it names, and the workload of that. The account and the image of a pod are shared
 * with others, whom the weakness of the pod does not concern; what is said of an image itself is said of all its digests.
 */
export function describedBy({ entities, actors, targets }: Described): readonly Entity[] {
  const isNamed = (entity: Entity): boolean =>
    actors.get(entity)?.named === true || targets.get(entity)?.named === true;
  const isOfImage = entities.some((entity) => kindOf(entity) === 'image' && isNamed(entity));
  return entities.filter((entity) => {
    const kind = kindOf(entity);
    return isNamed(entity) || kind === 'workload' || (kind === 'image' && isOfImage);
  });
}

interface Described {
  readonly entities: readonly Entity[];
  readonly actors: Resolution;
  readonly targets: Resolution;
}
