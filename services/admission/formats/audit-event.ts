import type { JsonObject } from '#shared/event/json.ts';
import { type TokenBearer, tokenBearer } from '#shared/event/kubernetes.ts';
import { integer, object, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** A Kubernetes API request as the API server or a cloud's audit log tells it. */
export interface AuditEvent {
  readonly audit_id: string | undefined;
  readonly stage: string | undefined;
  readonly verb: string;
  readonly uri: string | undefined;
  readonly user: AuditUser;
  readonly impersonated: AuditUser | undefined;
  readonly source_ips: readonly string[];
  readonly user_agent: string | undefined;
  readonly ref: ObjectReference;
  /** HTTP status; 101 is a started exec, attach or port-forward. */
  readonly code: number | undefined;
  /** Why it failed, in one word: `Forbidden`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly request: JsonObject | undefined;
  readonly response: JsonObject | undefined;
  readonly annotations: JsonObject | undefined;
  /** When the request came in: what it causes comes later, also when the stage was logged at its end. */
  readonly time_ns: bigint | undefined;
  readonly stage_ns: bigint | undefined;
  /** What a bound token says of the caller. */
  readonly bearer: TokenBearer | undefined;
  readonly cluster: string | undefined;
  readonly record: JsonObject;
}

export interface AuditUser {
  readonly username: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: JsonObject | undefined;
}

/** What was asked for; all absent for paths that are no resource (`/healthz`). */
export interface ObjectReference {
  readonly resource: string | undefined;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly uid: string | undefined;
  readonly group: string | undefined;
  readonly version: string | undefined;
}

/** Reads an `audit.k8s.io` Event of any version; undefined without a verb or a user. */
export function readAuditEvent(record: JsonObject): AuditEvent | undefined {
  const verb = text(record['verb']);
  const user = readAuditUser(object(record['user']));
  if (verb === undefined || user === undefined) return undefined;
  const status = object(record['responseStatus']);
  const response = object(record['responseObject']);
  const stage_ns = parseTime(record['stageTimestamp']);
  return {
    audit_id: text(record['auditID']),
    stage: text(record['stage']),
    verb,
    uri: text(record['requestURI']),
    user,
    impersonated: readAuditUser(object(record['impersonatedUser'])),
    source_ips: texts(record['sourceIPs']) ?? [],
    user_agent: text(record['userAgent']),
    ref: readReference(object(record['objectRef']), response),
    code: integer(status?.['code']),
    reason: text(status?.['reason']),
    message: text(status?.['message']),
    request: object(record['requestObject']),
    response,
    annotations: object(record['annotations']),
    time_ns: parseTime(record['requestReceivedTimestamp']) ?? stage_ns ?? parseTime(record['timestamp']),
    stage_ns,
    bearer: tokenBearer(user.extra),
    cluster: undefined,
    record,
  };
}

export function readAuditUser(user: JsonObject | undefined): AuditUser | undefined {
  const username = text(user?.['username']);
  if (user === undefined || username === undefined) return undefined;
  return {
    username,
    uid: text(user['uid']),
    groups: texts(user['groups']) ?? [],
    extra: object(user['extra']),
  };
}

/** The name of an object made with `generateName` is only in the response. */
function readReference(ref: JsonObject | undefined, response: JsonObject | undefined): ObjectReference {
  const metadata = object(response?.['metadata']);
  return {
    resource: text(ref?.['resource']),
    subresource: text(ref?.['subresource']),
    namespace: text(ref?.['namespace']),
    name: text(ref?.['name']) ?? text(metadata?.['name']),
    uid: text(ref?.['uid']) ?? text(metadata?.['uid']),
    group: text(ref?.['apiGroup']),
    version: text(ref?.['apiVersion']),
  };
}
