import type { EcsDocument, ToolDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { parsePrincipal, tokenBearer, userName, workloadEntity } from '#shared/event/kubernetes.ts';
import { podDescriptions, podFacts, podLife } from '#shared/event/pod-facts.ts';
import { readPod, workloadOf } from '#shared/event/pod.ts';
import { imagesOf, isPrivileged, podSpecOf } from '#shared/event/posture.ts';
import { at, boolean, integer, object, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { type AuditUser, type ObjectReference, readAuditUser } from './audit-event.ts';
import { policyMark } from './audit-marks.ts';
import { requestTargets } from './audit-roles.ts';
import { objectOfSameName, objectsBehind } from './custom-object.ts';
import { readWebhookMessage } from './denial.ts';
import { singular } from './resource-kind.ts';

/**
 * What webhooks are asked and answer: AdmissionReview v1 and v1beta1, or the bare request as Kubewarden logs it.
 * It has no time of its own.
 */
export const admissionReview: Format = {
  name: 'admissionreview',
  family: 'admission',
  recognises,
  normalise,
};

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  if (record['kind'] === 'AdmissionReview')
    return isJsonObject(record['request']) || isJsonObject(record['response']);
  return isRequest(record);
}

function isRequest(record: JsonObject): boolean {
  return (
    typeof record['uid'] === 'string' &&
    isJsonObject(record['kind']) &&
    isJsonObject(record['resource']) &&
    typeof at(record['resource'], 'resource') === 'string'
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const request = isRequest(record) ? record : object(record['request']);
  // An answer alone names nothing but the id of its question.
  if (request === undefined) return { kind: 'drop', reason: 'admission.response_only' };
  const review = readReview(request, object(record['response']));
  return { kind: 'ok', drafts: [reviewDraft(review, context)] };
}

interface Review {
  readonly uid: string | undefined;
  readonly operation: string;
  readonly user: AuditUser | undefined;
  readonly ref: ObjectReference;
  readonly resource: JsonObject | undefined;
  readonly dry_run: boolean;
  /** Undefined while the webhook has not answered. */
  readonly allowed: boolean | undefined;
  readonly message: string | undefined;
  readonly warnings: readonly string[] | undefined;
  readonly code: number | undefined;
  readonly request: JsonObject;
}

/** A deletion has its object in `oldObject`. */
function readReview(request: JsonObject, response: JsonObject | undefined): Review {
  const resource = object(request['object']) ?? object(request['oldObject']);
  const metadata = object(resource?.['metadata']);
  const group = object(request['resource']);
  return {
    uid: text(request['uid']),
    operation: text(request['operation']) ?? 'UNKNOWN',
    user: readAuditUser(object(request['userInfo'])),
    ref: {
      resource: text(group?.['resource']),
      subresource: text(request['subResource']),
      namespace: text(request['namespace']) ?? text(metadata?.['namespace']),
      name: text(request['name']) ?? text(metadata?.['name']),
      uid: text(metadata?.['uid']),
      group: text(group?.['group']),
      version: text(group?.['version']),
    },
    resource,
    dry_run: boolean(request['dryRun']) ?? false,
    allowed: boolean(response?.['allowed']),
    message: text(at(response, 'status', 'message')),
    warnings: texts(response?.['warnings']),
    code: integer(at(response, 'status', 'code')),
    request,
  };
}

function reviewDraft(review: Review, context: RecordContext): Draft {
  const mark = denialMark(review);
  const answered = review.allowed === undefined ? 'asked' : 'answered';
  return {
    time_ns: undefined,
    dataset: 'kubernetes.admission',
    dedupe_key: review.uid === undefined ? undefined : `${review.uid}/${answered}`,
    document: reviewDocument(review, mark),
    actors: actorsOf(review),
    targets: targetsOf(review),
    marks: mark === undefined ? [] : [mark],
    ...statements(review, context.arrival_ns),
  };
}

function denialMark({ allowed, message, dry_run }: Review): Mark | undefined {
  return allowed === false && !dry_run ? policyMark(readWebhookMessage(message)) : undefined;
}

const writing: ReadonlySet<string> = new Set(['CREATE', 'UPDATE']);

function actorsOf({ user, operation, resource, ref }: Review): readonly Entity[] {
  if (user === undefined) return [];
  const bearer = tokenBearer(user.extra);
  const principal = parsePrincipal(user.username);
  const self = principal.entity;
  const actors = bearer?.pod_uid === undefined ? [self] : [entity('pod', bearer.pod_uid), self];
  if (principal.kind !== 'serviceaccount' || principal.controller || !writing.has(operation)) return actors;
  const namesake = objectOfSameName(principal, ref);
  // An update shows marks that others have made before.
  const behind = operation === 'CREATE' ? objectsBehind(resource) : [];
  return namesake === undefined ? [...actors, ...behind] : [...actors, ...behind, namesake];
}

/** A pod made from a template has no name yet: then its controller stands for it. */
function targetsOf({ ref, resource, operation }: Review): readonly Entity[] {
  const named = requestTargets(ref, writing.has(operation), resource);
  const metadata = object(resource?.['metadata']);
  if (named.length > 0 || metadata === undefined || ref.namespace === undefined) return named;
  const owner = workloadOf(metadata, ref.namespace);
  return owner === undefined ? [] : [workloadEntity(owner)];
}

/** Updates show the pod as it is stored. */
function statements({ ref, resource }: Review, seen_ns: bigint): Pick<Draft, 'facts' | 'descriptions'> {
  const pod = ref.resource === 'pods' && resource !== undefined ? readPod(resource) : undefined;
  if (pod === undefined || pod.created_ns === undefined) return {};
  const life = podLife(pod, seen_ns, false);
  return { facts: podFacts(pod, life), descriptions: podDescriptions(pod, life) };
}

const eventTypes = new Map([
  ['CREATE', 'creation'],
  ['UPDATE', 'change'],
  ['DELETE', 'deletion'],
  ['CONNECT', 'start'],
]);

function reviewDocument(review: Review, mark: Mark | undefined): EcsDocument {
  const { operation, allowed, ref, user, message } = review;
  const denial = mark === undefined ? undefined : readWebhookMessage(message);
  const command = ref.subresource === 'exec' ? texts(review.resource?.['command']) : undefined;
  const decision = allowed === undefined ? [] : [allowed ? 'allowed' : 'denied'];
  const document: ToolDocument<'admissionreview'> = {
    message: sentence(review, command),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: operation === 'CONNECT' ? ['api', 'session'] : ['api'],
      type: [eventTypes.get(operation) ?? 'info', ...decision],
      action: operation.toLowerCase(),
      outcome: allowed === undefined ? 'unknown' : allowed ? 'success' : 'failure',
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      module: 'kubernetes',
      reason: message,
    },
    observer: { product: 'admission-webhook', vendor: 'Kubernetes', type: 'api' },
    rule:
      denial === undefined
        ? undefined
        : { name: denial.policy, ruleset: denial.engine, description: denial.reason },
    user: user === undefined ? undefined : userFields(user),
    http: review.code === undefined ? undefined : { response: { status_code: review.code } },
    orchestrator: {
      type: 'kubernetes',
      api_version: ref.group === undefined ? ref.version : `${ref.group}/${ref.version ?? ''}`,
      namespace: ref.namespace,
      resource:
        ref.resource === undefined
          ? undefined
          : { type: singular(ref.resource), name: ref.name, id: ref.uid },
    },
    kubernetes: { namespace: ref.namespace, pod: podField(ref) },
    container: containerFields(review),
    process:
      command === undefined
        ? undefined
        : {
            name: command[0]?.slice(command[0].lastIndexOf('/') + 1),
            args: command,
            args_count: command.length,
            command_line: command.join(' '),
          },
    admissionreview: toolFields(review),
  };
  return document;
}

function userFields({ username, uid, groups }: AuditUser): EcsDocument['user'] {
  return {
    name: username,
    id: uid,
    email: username.includes('@') ? userName(username) : undefined,
    roles: groups.length === 0 ? undefined : groups,
  };
}

function podField({
  resource,
  name,
  uid,
}: ObjectReference): { name: string | undefined; uid: string | undefined } | undefined {
  return resource === 'pods' && (name !== undefined || uid !== undefined) ? { name, uid } : undefined;
}

function containerFields({ resource }: Review): EcsDocument['container'] {
  const spec = resource === undefined ? undefined : podSpecOf(resource);
  if (spec === undefined) return undefined;
  const image = parseImageReference(imagesOf(spec)[0]);
  return {
    image:
      image === undefined
        ? undefined
        : {
            name: image.name,
            tag: image.tag === undefined ? undefined : [image.tag],
            hash: image.digest === undefined ? undefined : { all: [image.digest] },
          },
    security_context: { privileged: isPrivileged(spec) },
  };
}

/** The object as asked for, without the fields that only repeat. */
function toolFields({ uid, dry_run, warnings, resource, request }: Review): JsonObject {
  const { metadata, spec, kind } = resource ?? {};
  return {
    uid: uid ?? null,
    kind: request['kind'] ?? null,
    dry_run,
    ...(warnings === undefined ? {} : { warnings }),
    object: { kind: kind ?? null, labels: at(metadata, 'labels') ?? null, spec: spec ?? null },
  };
}

function sentence({ user, operation, ref, allowed }: Review, command: readonly string[] | undefined): string {
  const what =
    ref.resource === undefined
      ? 'object'
      : `${ref.resource}${ref.subresource === undefined ? '' : `/${ref.subresource}`}`;
  const name = [ref.namespace, ref.name].filter((part) => part !== undefined).join('/');
  const verdict = allowed === undefined ? '' : allowed ? ' (allowed)' : ' (denied)';
  const ran = command === undefined ? '' : `: ${command.join(' ')}`;
  return `${user?.username ?? 'unknown'} ${operation.toLowerCase()} ${what} ${name}${ran}${verdict}`;
}
