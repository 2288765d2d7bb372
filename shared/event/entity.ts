/** Kinds of things that signals and facts speak of. */
export const entityKinds = [
  'process',
  'container',
  'pod',
  'pod_name',
  'workload',
  'serviceaccount',
  'user',
  'session',
  'node',
  'host_network',
  'ip',
  'external',
  'connection',
  'image',
  'image_reference',
  'object',
] as const;

export type EntityKind = (typeof entityKinds)[number];

/**
 * A typed name, `kind:value`. Values:
 * `process:<exec id>` (or `<container12>/<pid>` where a tool has no exec id) · `container:<first 12 hex digits>` ·
 * `pod:<uid>` · `pod_name:<namespace>/<name>` (resolved to a uid by facts) ·
 * `workload:<namespace>/<Kind>/<name>` · `serviceaccount:<namespace>/<name>` · `user:<lower-case name>` ·
 * `session:<credential or access session id>` (`session:node/<name>`: the credentials of a node) · `node:<name>` ·
 * `host_network:<node>` (what shares the addresses of a node: pods in its network, and traffic that shows them) · `ip:<address>` (internal; means something only
 * through facts) · `external:<address or registered domain>` · `connection:<proto>/<low ip>:<port>-<high ip>:<port>` (`*` for the inside ip of a connection to the outside) ·
 * `image:sha256:<64 hex>` · `image_reference:<host>/<path>:<tag>` ·
 * `object:<registered domain of its API group, or its namespace>/<name>` (a custom resource: what operators are told by) ·
 * `object:k8s.io/secrets/<namespace, or *>` (the secrets of a namespace, or of all: what tokens lie in).
 */
export type Entity = `${EntityKind}:${string}`;

export function entity(kind: EntityKind, value: string): Entity {
  return `${kind}:${value}`;
}

const kinds: ReadonlySet<string> = new Set(entityKinds);

export function isEntity(text: string): text is Entity {
  return kinds.has(text.slice(0, text.indexOf(':')));
}

/** The kind of an entity. */
export function entityKind(of: Entity): EntityKind {
  const kind = entityKinds.find((candidate) => of.startsWith(`${candidate}:`));
  if (kind === undefined) throw new TypeError(`not an entity: ${of}`);
  return kind;
}

/** The value of an entity, without its kind. */
export function entityValue(of: Entity): string {
  return of.slice(of.indexOf(':') + 1);
}
