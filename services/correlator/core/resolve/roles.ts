import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { kindOf, linkKindOf, mainKinds } from '../entity/kinds.ts';
import { compareText } from '../order.ts';
import type { LinkKind } from '../parameters.ts';
import { endsOf, type Parts, partsOf } from './parts.ts';
import type { Found, Resolution } from './resolve.ts';

/** How a signal takes part in the history of one entity that can link. */
export interface Role extends Parts {
  readonly entity: Entity;
  readonly kind: LinkKind;
  /** The statements by which the entity is reached. */
  readonly facts: readonly string[];
  /** The signal speaks of the entity itself, not of something that is part of it, or of an address that it shares. */
  readonly itself: boolean;
}

/** The roles of a signal with these actors and targets, in the order of their entities' names. */
export function rolesOf(signal: Signal, actors: Resolution, targets: Resolution): readonly Role[] {
  const is_read = isRead(signal);
  const ends = endsOf(signal, actors);
  const roles: Role[] = [];
  for (const entity of new Set([...actors.keys(), ...targets.keys()])) {
    const kind = linkKindOf(entity);
    if (kind === undefined) continue;
    const acts = actors.get(entity);
    const suffers = targets.get(entity);
    if (acts?.replaced === true || suffers?.replaced === true) continue;
    const facts = shorter(acts, suffers);
    const itself = facts.length === 0 || (kind === 'node' && ends.to_node);
    const taken = partsOf(kind, acts, suffers, ends, itself);
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

function shorter(a: Found | undefined, b: Found | undefined): readonly string[] {
  if (a === undefined || b === undefined) return (a ?? b)?.facts ?? [];
  if (a.facts.length !== b.facts.length) return a.facts.length < b.facts.length ? a.facts : b.facts;
  return a.facts.join('\n') <= b.facts.join('\n') ? a.facts : b.facts;
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
