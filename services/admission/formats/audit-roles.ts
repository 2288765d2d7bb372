import { addressEntity } from '#shared/event/address.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { type JsonObject } from '#shared/event/json.ts';
import { parsePrincipal, podNameEntity, type Principal, workloadEntity } from '#shared/event/kubernetes.ts';
import { objects, own, text } from '#shared/event/read.ts';
import type { AuditEvent, ObjectReference } from './audit-event.ts';
import { customObjects, objectOfSameName, objectsBehind } from './custom-object.ts';
import { outsideHosts } from './outside-host.ts';
import { workloadKind } from './resource-kind.ts';
import { secretsRead, storesOf } from './secret-store.ts';

const writing: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
/** An update shows marks that others have made before. */
const making: ReadonlySet<string> = new Set(['create', 'patch']);

/**
 * Who calls the API server, most specific first: the pod of a bound token, the token, the account, from where, and what
 * told it to. A token that is used from the address of another pod ties that one in.
 */
export function auditActors(audit: AuditEvent, principal: Principal): readonly Entity[] {
  const actors: Entity[] = [];
  const { bearer } = audit;
  if (bearer?.pod_uid !== undefined) actors.push(entity('pod', bearer.pod_uid));
  if (bearer?.credential_id !== undefined) actors.push(entity('session', bearer.credential_id));
  // What the cloud's metadata service gives away on a node.
  if (principal.kind === 'node') actors.push(credentialsOfNode(principal.name));
  actors.push(principal.entity);
  if (audit.impersonated !== undefined) actors.push(parsePrincipal(audit.impersonated.username).entity);
  // The inside address of a person is that of a proxy.
  const from = addressEntity(audit.source_ips[0]);
  const isAccount = principal.kind === 'serviceaccount' && !principal.controller;
  if (from !== undefined && (from.startsWith('external:') || isAccount)) actors.push(from);
  // A token that is no pod's, outside the cluster, lay in a secret.
  const isLoose = principal.kind === 'serviceaccount' && bearer?.pod_uid === undefined;
  if (isLoose && from?.startsWith('external:') === true) actors.push(...storesOf(principal));
  if (isAccount && making.has(audit.verb)) actors.push(...objectsBehind(audit.request));
  const namesake = isAccount && writing.has(audit.verb) ? objectOfSameName(principal, audit.ref) : undefined;
  if (namesake !== undefined) actors.push(namesake);
  return actors;
}

/** The credentials by which a node is known, which rules speak of. */
function credentialsOfNode(name: string): Entity {
  return entity('session', `node/${name}`);
}

/** What a request was done to: what it names, has the cluster call or gives rights to. */
export function auditTargets(audit: AuditEvent): readonly Entity[] {
  const { ref, annotations } = audit;
  const store = secretsRead(audit);
  const named = store === undefined ? requestTargets(ref, writing.has(audit.verb), audit.request) : [store];
  const issued = text(annotations === undefined ? undefined : own(annotations, issuedCredential));
  const isBinding = ref.resource === 'rolebindings' || ref.resource === 'clusterrolebindings';
  if (issued === undefined && !isBinding) return named;
  const targets: Entity[] = [...named];
  if (issued !== undefined) targets.push(entity('session', issued));
  if (isBinding) targets.push(...subjectEntities(audit.request));
  return targets;
}

const issuedCredential = 'authentication.kubernetes.io/issued-credential-id';

/**
 * The pod, workload, node or account that a request names; with what it writes, custom objects too, and hosts on the
 * outside that this has the cluster call.
 */
export function requestTargets(
  ref: ObjectReference,
  writes: boolean,
  body: JsonObject | undefined,
): readonly Entity[] {
  const named = referenceEntities(ref);
  if (!writes) return named;
  const custom = customObjects(ref);
  const hosts = body === undefined ? [] : outsideHosts(ref.resource, body);
  return custom.length + hosts.length === 0 ? named : [...named, ...custom, ...hosts];
}

function referenceEntities(ref: ObjectReference): readonly Entity[] {
  const { resource, namespace, name, uid } = ref;
  if (resource === 'pods') {
    const pod = uid === undefined ? undefined : entity('pod', uid);
    const named = name === undefined || namespace === undefined ? undefined : podNameEntity(namespace, name);
    if (pod === undefined) return named === undefined ? [] : [named];
    return named === undefined ? [pod] : [pod, named];
  }
  if (name === undefined) return [];
  if (resource === 'nodes') return [entity('node', name)];
  if (namespace === undefined) return [];
  if (resource === 'serviceaccounts') return [entity('serviceaccount', `${namespace}/${name}`)];
  const kind = workloadKind(resource);
  return kind === undefined ? [] : [workloadEntity({ namespace, kind, name })];
}

/** Accounts and people that a binding gives rights to. */
function subjectEntities(binding: JsonObject | undefined): readonly Entity[] {
  return objects(binding?.['subjects']).flatMap((subject) => {
    const name = text(subject['name']);
    const namespace = text(subject['namespace']);
    if (name === undefined) return [];
    if (subject['kind'] === 'ServiceAccount') {
      return namespace === undefined ? [] : [entity('serviceaccount', `${namespace}/${name}`)];
    }
    return subject['kind'] === 'User' ? [parsePrincipal(name).entity] : [];
  });
}
