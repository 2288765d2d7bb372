import { parseAddress } from '#shared/event/address.ts';
import type { Kubernetes } from '#shared/event/ecs-extension.ts';
import type { EcsDocument, EcsUser } from '#shared/event/ecs.ts';
import { parseImageReference } from '#shared/event/image.ts';
import { type Principal, userName } from '#shared/event/kubernetes.ts';
import { imagesOf, isPrivileged, podSpecOf } from '#shared/event/posture.ts';
import { indexableTime, readTimeField } from '#shared/event/time-field.ts';
import type { AuditEvent, AuditUser } from './audit-event.ts';
import { auditFields } from './audit-fields.ts';
import { type ExecRequest, readExecRequest } from './exec-request.ts';
import { singular } from './resource-kind.ts';

/** Elastic's data set of audit events: its prebuilt rules ask for it by this name. */
export const auditDataset = 'kubernetes.audit_logs';

/** Resources through which somebody gets into a container. */
const sessions: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** The ECS document of an audit event, whose caller is `principal`. */
export function auditDocument(audit: AuditEvent, principal: Principal): EcsDocument {
  const { ref, user, user_agent, uri, code, impersonated } = audit;
  const start = indexableTime(audit.record['requestReceivedTimestamp']) ?? readTimeField(audit.time_ns);
  const end = indexableTime(audit.record['stageTimestamp']) ?? readTimeField(audit.stage_ns);
  const isExec = ref.resource === 'pods' && (ref.subresource === 'exec' || ref.subresource === 'attach');
  const exec = isExec ? readExecRequest(uri) : undefined;
  const fields = auditFields(audit.record, start, end);
  const addresses = addressesOf(audit.source_ips);
  const [ip] = addresses;
  return {
    message: sentence(audit, exec),
    event: {
      kind: 'event',
      category: categoryOf(audit),
      type: typeOf(audit),
      action: ref.subresource === undefined ? audit.verb : `${audit.verb}/${ref.subresource}`,
      outcome: code === undefined ? 'unknown' : code < 400 ? 'success' : 'failure',
      module: 'kubernetes',
      provider: 'kube-apiserver',
      reason: audit.message ?? audit.reason,
      start,
      end,
    },
    observer: { product: 'kube-apiserver', vendor: 'Kubernetes', type: 'api' },
    user: userFields(user, impersonated),
    user_agent: user_agent === undefined ? undefined : { original: user_agent },
    source: ip === undefined ? undefined : { ip },
    related: addresses.length < 2 ? undefined : { ip: addresses.slice(1) },
    url: uri === undefined ? undefined : { original: uri, path: pathOf(uri) },
    http: code === undefined ? undefined : { response: { status_code: code } },
    orchestrator: orchestratorFields(audit),
    kubernetes: targetFields(audit, exec, fields),
    container: containerFields(audit),
    process: processFields(exec),
    breakwater: bearerFields(audit, principal),
  };
}

/** The client's address first, then those of the proxies on the way. */
function addressesOf(written: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const one of written) {
    const address = parseAddress(one);
    if (address !== undefined) found.push(address.ip);
  }
  return found;
}

function pathOf(uri: string): string {
  const query = uri.indexOf('?');
  return query === -1 ? uri : uri.slice(0, query);
}

/** @param as who the user acted as */
function userFields({ username, uid, groups }: AuditUser, as: AuditUser | undefined): EcsUser {
  return {
    name: username,
    id: uid,
    email: username.includes('@') ? userName(username) : undefined,
    roles: groups.length === 0 ? undefined : groups,
    effective: as === undefined ? undefined : userFields(as, undefined),
  };
}

const categories = new Map<string, readonly string[]>([
  ['rbac.authorization.k8s.io', ['api', 'iam']],
  ['admissionregistration.k8s.io', ['api', 'configuration']],
  ['apiextensions.k8s.io', ['api', 'configuration']],
  ['networking.k8s.io', ['api', 'configuration']],
  ['policy', ['api', 'configuration']],
  ['authentication.k8s.io', ['api', 'authentication']],
]);
const apiOnly = ['api'];

function categoryOf({ ref }: AuditEvent): readonly string[] {
  if (ref.subresource !== undefined && sessions.has(ref.subresource)) return ['api', 'session'];
  if (ref.resource === 'serviceaccounts') return ['api', 'iam'];
  return (ref.group === undefined ? undefined : categories.get(ref.group)) ?? apiOnly;
}

function typeOf({ ref, verb, code, annotations }: AuditEvent): readonly string[] {
  const session = ref.subresource !== undefined && sessions.has(ref.subresource);
  const what = session ? 'start' : (verbTypes.get(verb) ?? 'info');
  const decision = annotations?.['authorization.k8s.io/decision'];
  if (code === 403 || decision === 'forbid') return [what, 'denied'];
  return decision === 'allow' ? [what, 'allowed'] : [what];
}

const verbTypes = new Map([
  ['get', 'access'],
  ['list', 'access'],
  ['watch', 'access'],
  ['create', 'creation'],
  ['update', 'change'],
  ['patch', 'change'],
  ['delete', 'deletion'],
  ['deletecollection', 'deletion'],
]);

function orchestratorFields({ ref, cluster }: AuditEvent): EcsDocument['orchestrator'] {
  const { resource, group, version } = ref;
  return {
    type: 'kubernetes',
    api_version: version === undefined || group === undefined ? version : `${group}/${version}`,
    namespace: ref.namespace,
    cluster: cluster === undefined ? undefined : { name: cluster },
    resource: resource === undefined ? undefined : { type: singular(resource), name: ref.name, id: ref.uid },
  };
}

/** The pod, node or account that the request was about. */
function targetFields(
  { ref }: AuditEvent,
  exec: ExecRequest | undefined,
  audit: Kubernetes['audit'],
): Kubernetes {
  const { namespace, name, uid } = ref;
  const named = name === undefined ? undefined : { name };
  if (ref.resource === 'pods') {
    return {
      namespace,
      pod: name === undefined && uid === undefined ? undefined : { name, uid },
      container: exec?.container === undefined ? undefined : { name: exec.container },
      audit,
    };
  }
  if (ref.resource === 'nodes') return { node: named, audit };
  return { namespace, serviceaccount: ref.resource === 'serviceaccounts' ? named : undefined, audit };
}

/** The first image of a pod or workload that is made or changed. */
function containerFields({ request }: AuditEvent): EcsDocument['container'] {
  const spec = request === undefined ? undefined : podSpecOf(request);
  if (spec === undefined) return undefined;
  const image = parseImageReference(imagesOf(spec)[0]);
  const privileged = isPrivileged(spec);
  if (image === undefined) return privileged ? { security_context: { privileged } } : undefined;
  return {
    image: {
      name: image.name,
      tag: image.tag === undefined ? undefined : [image.tag],
      hash: image.digest === undefined ? undefined : { all: [image.digest] },
    },
    security_context: { privileged },
  };
}

function processFields(exec: ExecRequest | undefined): EcsDocument['process'] {
  const executable = exec?.command[0];
  if (exec === undefined || executable === undefined) return undefined;
  return {
    name: executable.slice(executable.lastIndexOf('/') + 1),
    executable: executable.startsWith('/') ? executable : undefined,
    args: exec.command,
    args_count: exec.command.length,
    command_line: exec.command.join(' '),
    interactive: exec.interactive,
  };
}

/** The pod that a bound token was given to is the one that calls, and the node whose identity is used. */
function bearerFields({ bearer }: AuditEvent, principal: Principal): EcsDocument['breakwater'] {
  if (principal.kind === 'node') return { source_pod: { node: principal.name } };
  if (bearer?.pod_uid === undefined) return undefined;
  const { namespace, name } = principal;
  const serviceaccount = namespace === undefined ? undefined : name.slice(namespace.length + 1);
  return { source_pod: { namespace, name: bearer.pod_name, uid: bearer.pod_uid, serviceaccount } };
}

function sentence(audit: AuditEvent, exec: ExecRequest | undefined): string {
  const { ref, verb, code, user, impersonated } = audit;
  const who = impersonated === undefined ? user.username : `${user.username} as ${impersonated.username}`;
  const name = qualifiedName(ref);
  const what =
    ref.resource === undefined
      ? (audit.uri ?? 'unknown path')
      : `${ref.resource}${ref.subresource === undefined ? '' : `/${ref.subresource}`}${name === '' ? '' : ` ${name}`}`;
  const command = exec === undefined || exec.command.length === 0 ? '' : `: ${exec.command.join(' ')}`;
  const failed =
    code !== undefined && code >= 400
      ? ` (${code}${audit.reason === undefined ? '' : ` ${audit.reason}`})`
      : '';
  return `${who} ${verb} ${what}${command}${failed}`;
}

function qualifiedName({ namespace, name }: AuditEvent['ref']): string {
  if (namespace === undefined || name === undefined) return namespace ?? name ?? '';
  return `${namespace}/${name}`;
}
