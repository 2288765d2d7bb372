import { type Entity, type EntityKind, entityKinds, isEntity } from '#shared/event/entity.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import type { LinkKind } from '../parameters.ts';

const kinds: ReadonlyMap<string, EntityKind> = new Map(entityKinds.map((kind) => [kind, kind]));

/** The kind of an entity; `image` for what no kind is known of cannot happen: entities are checked on their way in. */
export function kindOf(of: Entity): EntityKind {
  const kind = kinds.get(of.slice(0, of.indexOf(':')));
  if (kind === undefined) throw new TypeError(`not an entity: ${of}`);
  return kind;
}

/** The entities among the names that a signal carries, each once, in their order. */
export function entitiesOf(names: readonly string[]): readonly Entity[] {
  const found = new Set<Entity>();
  for (const name of names) if (isEntity(name)) found.add(name);
  return [...found];
}

/** Names that are given again and again: a fact about them holds only in its interval. All others name one thing for good. */
export function isReused(kind: EntityKind): boolean {
  return kind === 'ip' || kind === 'pod_name' || kind === 'connection' || kind === 'image_reference';
}

/** Names that stand for the thing that a fact says they are: once resolved, they mean nothing by themselves. */
export function isReplaced(kind: EntityKind): boolean {
  return kind === 'ip' || kind === 'pod_name';
}

/** How an entity may link, if at all: images, system users and controllers never do. */
export function linkKindOf(of: Entity): LinkKind | undefined {
  const kind = kindOf(of);
  if (kind === 'image' || kind === 'image_reference') return undefined;
  const value = of.slice(kind.length + 1);
  if (kind === 'user') return value.startsWith('system:') ? undefined : 'user';
  if (kind !== 'serviceaccount') return kind;
  if (parsePrincipal(`system:serviceaccount:${value.replace('/', ':')}`).controller) return undefined;
  return value.endsWith('/default') ? 'default_serviceaccount' : 'serviceaccount';
}

/** What a signal is mainly about: the steadiest thing it names. */
export const mainKinds: readonly EntityKind[] = [
  'workload',
  'pod',
  'pod_name',
  'container',
  'serviceaccount',
  'user',
  'session',
  'node',
  'external',
  'ip',
  'process',
  'connection',
  'image',
  'image_reference',
];
