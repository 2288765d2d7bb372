import { entity, type Entity } from './entity.ts';
import { isList, type JsonObject, type JsonValue } from './json.ts';
import { text } from './read.ts';

/** Who called the API server, from the user name. */
export interface Principal {
  /** `system`: parts of the control plane, and unauthenticated callers. */
  readonly kind: 'user' | 'serviceaccount' | 'node' | 'system';
  /** As the entity names it: `shop/storefront`, `worker-1`, `alice@example.com`. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly entity: Entity;
  /** A controller, scheduler or kubelet of the control plane: does what others asked for. */
  readonly controller: boolean;
}

const serviceAccountPrefix = 'system:serviceaccount:';
const nodePrefix = 'system:node:';

/** The accounts of a cluster, and those who call from outside; beyond this, the memory starts anew. */
const cached_principals_max = 16_384;
const cache = new Map<string, Principal>();

/** Reads a Kubernetes user name. People are compared in lower case and without the prefix of their identity provider. */
export function parsePrincipal(username: string): Principal {
  const known = cache.get(username);
  if (known !== undefined) return known;
  const principal = readPrincipal(username);
  if (cache.size >= cached_principals_max) cache.clear();
  if (username.length <= cached_length_max) cache.set(username, principal);
  return principal;
}

/** Longer names are not kept: they are nobody's. */
const cached_length_max = 512;

function readPrincipal(username: string): Principal {
  if (username.startsWith(serviceAccountPrefix)) {
    const rest = username.slice(serviceAccountPrefix.length);
    const colon = rest.indexOf(':');
    if (colon > 0 && colon < rest.length - 1)
      return serviceAccount(rest.slice(0, colon), rest.slice(colon + 1));
  }
  if (username.startsWith(nodePrefix) && username.length > nodePrefix.length) {
    const name = username.slice(nodePrefix.length);
    return { kind: 'node', name, namespace: undefined, entity: entity('node', name), controller: true };
  }
  if (username.startsWith('system:')) {
    const controller = controlPlaneUsers.has(username) || username.startsWith('system:controller:');
    return {
      kind: 'system',
      name: username,
      namespace: undefined,
      entity: entity('user', username),
      controller,
    };
  }
  const name = userName(username);
  return { kind: 'user', name, namespace: undefined, entity: entity('user', name), controller: false };
}

const controlPlaneUsers: ReadonlySet<string> = new Set([
  'system:apiserver',
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:kube-proxy',
  'system:addon-manager',
  'system:cloud-controller-manager',
]);

/** Controllers of kube-system whose name does not end in `-controller`. */
const controllerNames: ReadonlySet<string> = new Set([
  'generic-garbage-collector',
  'resourcequota-controller',
  'pv-protection-controller',
  'kube-controller-manager',
  'kube-scheduler',
  'cloud-controller-manager',
  'node-controller',
]);

function serviceAccount(namespace: string, name: string): Principal {
  return {
    kind: 'serviceaccount',
    name: `${namespace}/${name}`,
    namespace,
    entity: entity('serviceaccount', `${namespace}/${name}`),
    controller: namespace === 'kube-system' && (name.endsWith('-controller') || controllerNames.has(name)),
  };
}

const providerPrefix =
  /^(?:oidc|okta|azuread|aad|entra|google|keycloak|dex|github|gitlab|sso|saml|ldap|auth0|cognito)[:/]/i;

/**
 * The comparable name of a person: lower case, without the prefix of an identity provider (`oidc:`, `https://issuer#`).
 * Names of cloud roles stay whole.
 */
export function userName(username: string): string {
  const bare = username.replace(providerPrefix, '');
  const issuerEnd = /^https?:\/\//.test(bare) ? bare.lastIndexOf('#') : -1;
  const name = issuerEnd === -1 ? bare : bare.slice(issuerEnd + 1);
  return (name === '' ? username : name).toLowerCase();
}

/** The service account in `spiffe://<trust domain>/ns/<namespace>/sa/<name>`, as Istio writes it. */
export function parseSpiffeId(id: string | undefined): { namespace: string; name: string } | undefined {
  const match =
    id === undefined ? null : /^(?:spiffe:\/\/)?[^/]{1,255}\/ns\/([^/]{1,63})\/sa\/([^/]{1,253})$/.exec(id);
  const [, namespace, name] = match ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** What a bound service account token says of its bearer, in `user.extra` of audit events and admission reviews. */
export interface TokenBearer {
  readonly pod_uid: string | undefined;
  readonly pod_name: string | undefined;
  readonly node_name: string | undefined;
  /** `JTI=<id>`: the token itself. */
  readonly credential_id: string | undefined;
}

/** Reads `user.extra["authentication.kubernetes.io/…"]`; each value is a list of one. */
export function tokenBearer(extra: JsonObject | undefined): TokenBearer | undefined {
  if (extra === undefined) return undefined;
  const pod_uid = firstText(extra['authentication.kubernetes.io/pod-uid']);
  const credential_id = firstText(extra['authentication.kubernetes.io/credential-id']);
  if (pod_uid === undefined && credential_id === undefined) return undefined;
  return {
    pod_uid,
    credential_id,
    pod_name: firstText(extra['authentication.kubernetes.io/pod-name']),
    node_name: firstText(extra['authentication.kubernetes.io/node-name']),
  };
}

function firstText(value: JsonValue | undefined): string | undefined {
  return text(isList(value) ? value[0] : value);
}

/** A controller object, as workloads are named. */
export interface Workload {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** Names that Kubernetes generates use these letters and digits only. */
const generatedSuffix = /-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/;

/**
 * The workload that people know: a ReplicaSet's Deployment (its name without the pod template hash), a CronJob's run
 * (its name without the scheduled minute); others are themselves.
 */
export function ownerWorkload(owner: Workload, pod_template_hash?: string): Workload {
  if (owner.kind === 'ReplicaSet') {
    const suffix = pod_template_hash === undefined ? undefined : `-${pod_template_hash}`;
    const name =
      suffix !== undefined && owner.name.endsWith(suffix)
        ? owner.name.slice(0, -suffix.length)
        : owner.name.replace(generatedSuffix, '');
    return name === owner.name ? owner : { ...owner, kind: 'Deployment', name };
  }
  if (owner.kind === 'Job') {
    const name = owner.name.replace(/-\d{8,10}$/, '');
    return name === owner.name ? owner : { ...owner, kind: 'CronJob', name };
  }
  return owner;
}

export function workloadEntity(workload: Workload): Entity {
  return `workload:${workload.namespace}/${workload.kind}/${workload.name}`;
}

export function podNameEntity(namespace: string, name: string): Entity {
  return `pod_name:${namespace}/${name}`;
}
