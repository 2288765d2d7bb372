import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { at, integer, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { AuditEvent, ObjectReference } from './audit-event.ts';

/** Whether a record is an entry of Google Cloud's audit log about Kubernetes (`protoPayload` of service `k8s.io`). */
export function isGkeAudit(record: JsonObject): boolean {
  const payload = record['protoPayload'];
  if (!isJsonObject(payload)) return false;
  const method = payload['methodName'];
  return typeof method === 'string' && method.startsWith('io.k8s.');
}

/** Reads such an entry; undefined without a caller or with a method that is no resource's. */
export function readGkeAudit(record: JsonObject): AuditEvent | undefined {
  const payload = object(record['protoPayload']);
  return payload === undefined ? undefined : readPayload(record, payload);
}

function readPayload(record: JsonObject, payload: JsonObject): AuditEvent | undefined {
  const username = text(at(payload, 'authenticationInfo', 'principalEmail'));
  const method = readMethod(text(payload['methodName']) ?? '');
  if (username === undefined || method === undefined) return undefined;
  const caller = object(payload['requestMetadata']);
  const address = text(caller?.['callerIp']) ?? text(caller?.['callerIP']);
  const response = object(payload['response']);
  const request = object(payload['request']);
  const granted = objects(payload['authorizationInfo']).some((info) => info['granted'] === true);
  const time_ns =
    parseTime(payload['timestamp']) ??
    parseTime(record['timestamp']) ??
    parseTime(record['receiveTimestamp']);
  const uri = text(payload['resourceName']);
  return {
    audit_id: text(record['insertId']),
    stage: undefined,
    verb: method.verb,
    uri,
    user: { username, uid: undefined, groups: [], extra: undefined },
    impersonated: undefined,
    source_ips: address === undefined ? [] : [address],
    user_agent: text(caller?.['callerSuppliedUserAgent']),
    ref: readPath(uri, method, response),
    code: httpStatus(integer(at(payload, 'status', 'code')), granted),
    reason: undefined,
    message: text(at(payload, 'status', 'message')),
    request,
    response,
    annotations: granted ? { 'authorization.k8s.io/decision': 'allow' } : undefined,
    time_ns,
    stage_ns: undefined,
    bearer: undefined,
    cluster: text(at(record, 'resource', 'labels', 'cluster_name')),
    record: auditShape(payload, username, address, method),
  };
}

interface Method {
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly verb: string;
}

/** `io.k8s.core.v1.pods.exec.create`: group, version, resource, subresource, verb. */
function readMethod(name: string): Method | undefined {
  const match =
    /^io\.k8s\.(?:[\w.-]{1,253}\.)?v\d\w{0,10}\.([\w-]{1,63})(?:\.([\w-]{1,63}))?\.([a-z]{1,20})$/.exec(name);
  const [, resource, subresource, verb] = match ?? [];
  return resource === undefined || verb === undefined ? undefined : { resource, subresource, verb };
}

/** `core/v1/namespaces/shop/pods/cart-1/exec`. */
function readPath(
  path: string | undefined,
  method: Method,
  response: JsonObject | undefined,
): ObjectReference {
  const [group, version, ...rest] = path?.split('/', 10) ?? [];
  const namespaced = rest[0] === 'namespaces' && rest.length > 2;
  const name = namespaced ? rest[3] : rest[1];
  const metadata = object(response?.['metadata']);
  return {
    resource: method.resource,
    subresource: method.subresource,
    namespace: namespaced ? rest[1] : undefined,
    name: name ?? text(metadata?.['name']),
    uid: text(metadata?.['uid']),
    group: group === 'core' ? undefined : group,
    version,
  };
}

/** Google's status codes: 7 is "permission denied", 0 or none is success. */
function httpStatus(code: number | undefined, granted: boolean): number | undefined {
  if (code === undefined || code === 0) return granted ? 200 : undefined;
  return code === 7 ? 403 : code === 16 ? 401 : 500;
}

/** The same under the names of `audit.k8s.io`, so that one rule serves all clouds. */
function auditShape(
  payload: JsonObject,
  username: string,
  address: string | undefined,
  method: Method,
): JsonObject {
  return {
    verb: method.verb,
    user: { username },
    ...(address === undefined ? {} : { sourceIPs: [address] }),
    objectRef: {
      resource: method.resource,
      ...(method.subresource === undefined ? {} : { subresource: method.subresource }),
    },
    ...(payload['request'] === undefined ? {} : { requestObject: payload['request'] }),
    ...(payload['response'] === undefined ? {} : { responseObject: payload['response'] }),
  };
}
