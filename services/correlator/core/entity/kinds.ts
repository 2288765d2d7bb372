import { type Entity, type EntityKind, entityKinds, isEntity } from '#shared/event/entity.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import type { LinkKind } from '../parameters.ts';

/**
 * The kind of an entity, from the few characters in which kinds differ: the inner loops ask this more often than anything
 * else. A test holds it against the list of kinds.
 */
export function kindOf(of: Entity): EntityKind {
  switch (of.charCodeAt(0)) {
    case 0x70: // p
      if (of.charCodeAt(1) === 0x72) return 'process';
      return of.charCodeAt(3) === colon ? 'pod' : 'pod_name';
    case 0x63: // c
      return of.charCodeAt(3) === 0x74 ? 'container' : 'connection';
    case 0x73: // s
      return of.charCodeAt(2) === 0x72 ? 'serviceaccount' : 'session';
    case 0x69: // i
      if (of.charCodeAt(1) === 0x70) return 'ip';
      return of.charCodeAt(5) === colon ? 'image' : 'image_reference';
    case 0x77: // w
      return 'workload';
    case 0x75: // u
      return 'user';
    case 0x6e: // n
      return 'node';
    case 0x68: // h
      return 'host_network';
    case 0x6f: // o
      return 'object';
    default:
      return 'external';
  }
}

const colon = 0x3a;

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

/** How an entity may link, if at all: images, controllers and other system users never do. */
export function linkKindOf(of: Entity): LinkKind | undefined {
  const kind = kindOf(of);
  if (kind === 'image' || kind === 'image_reference') return undefined;
  if (kind === 'user') return of.startsWith('user:system:') && !of.startsWith(joining) ? undefined : 'user';
  return kind === 'serviceaccount' ? accountKind(of) : kind;
}

/** Tokens by which nodes join: whoever has one is somebody. */
const joining = 'user:system:bootstrap:';

const accounts_max = 10_000;
const accounts = new Map<Entity, LinkKind | undefined>();

/** Service accounts are few; what they are is remembered. */
function accountKind(of: Entity): LinkKind | undefined {
  if (accounts.has(of)) return accounts.get(of);
  const value = of.slice('serviceaccount:'.length);
  const { controller } = parsePrincipal(`system:serviceaccount:${value.replace('/', ':')}`);
  const account = value.endsWith('/default') ? 'default_serviceaccount' : 'serviceaccount';
  if (accounts.size >= accounts_max) accounts.clear();
  accounts.set(of, controller ? undefined : account);
  return controller ? undefined : account;
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
  'object',
  'host_network',
];

const kindNumbers: ReadonlyMap<EntityKind, number> = new Map(entityKinds.map((kind, at) => [kind, at]));

/** Each entity once, by kind, then by name. */
export function inOrder(entities: readonly Entity[]): readonly Entity[] {
  const numbered = [...new Set(entities)].map((entity) => ({
    entity,
    kind: kindNumbers.get(kindOf(entity)) ?? 0,
  }));
  numbered.sort((a, b) => a.kind - b.kind || (a.entity < b.entity ? -1 : 1));
  return numbered.map(({ entity }) => entity);
}
