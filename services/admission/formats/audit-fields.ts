import { parseAddress } from '#shared/event/address.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import type { FlattenedValue } from '#shared/event/ecs-extension.ts';
import { kubernetesAuditFields } from '../../../schemas/elasticsearch/kubernetes-audit.ts';

/** Where the mapping has an object, and where a value; nothing is known of other names. */
interface Shape {
  readonly key: string;
  readonly members: Shape[];
  type: string | undefined;
}

const prefix = 'kubernetes.audit.';
const root = shapeOf(Object.entries(kubernetesAuditFields));

function shapeOf(fields: readonly (readonly [string, { readonly type: string }])[]): Shape {
  const whole: Shape = { key: '', members: [], type: undefined };
  for (const [name, { type }] of fields) {
    let shape = whole;
    for (const key of name.slice(prefix.length).split('.')) shape = memberOf(shape, key);
    shape.type = type;
  }
  return whole;
}

function memberOf(shape: Shape, key: string): Shape {
  const known = shape.members.find((member) => member.key === key);
  if (known !== undefined) return known;
  const made: Shape = { key, members: [], type: undefined };
  shape.members.push(made);
  return made;
}

const user = memberOf(root, 'user');
const objectRef = memberOf(root, 'objectRef');
const responseStatus = memberOf(root, 'responseStatus');
const requestObject = memberOf(root, 'requestObject');
const responseRoleRef = memberOf(memberOf(root, 'responseObject'), 'roleRef');
const impersonatedUser = memberOf(root, 'impersonatedUser');
const keyword: Shape = { key: '', members: [], type: 'keyword' };
const addresses: Shape = { key: '', members: [], type: 'ip' };

/**
 * `kubernetes.audit` as Elastic names it: the event itself, with `_` for dots in annotation names and without what
 * would break the mapping (an object where it has a value, or the reverse) or only repeats (the body of the response).
 * The times are given as they are written elsewhere in the document.
 */
export function auditFields(
  record: JsonObject,
  received: string | undefined,
  ended: string | undefined,
): FlattenedValue {
  return {
    kind: word(record['kind']),
    apiVersion: word(record['apiVersion']),
    level: word(record['level']),
    auditID: word(record['auditID']),
    stage: word(record['stage']),
    requestURI: word(record['requestURI']),
    verb: word(record['verb']),
    user: conform(record['user'], user),
    impersonatedUser: conform(record['impersonatedUser'], impersonatedUser),
    sourceIPs: conform(record['sourceIPs'], addresses),
    userAgent: word(record['userAgent']),
    objectRef: conform(record['objectRef'], objectRef),
    responseStatus: conform(record['responseStatus'], responseStatus),
    requestObject: conform(record['requestObject'], requestObject),
    responseObject: responseFields(record['responseObject']),
    requestReceivedTimestamp: received,
    stageTimestamp: ended,
    annotations: annotationFields(record['annotations']),
    authenticationMetadata: conform(record['authenticationMetadata'], root),
  };
}

/** A text, or the texts of a list. */
function word(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'string' && value !== '' ? value : conform(value, keyword);
}

/** The value without what the mapping can't take; undefined when nothing of it fits. */
function conform(value: JsonValue | undefined, expected: Shape): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (isList(value)) return conformList(value, expected);
  if (expected.type !== undefined) return fits(value, expected.type) ? value : undefined;
  if (!isJsonObject(value)) return undefined;
  let copy: Record<string, JsonValue> | undefined;
  const { members } = expected;
  for (let index = 0; index < members.length; index++) {
    const member = members[index];
    const before = member === undefined ? undefined : value[member.key];
    if (member === undefined || before === undefined || before === null) continue;
    const after = conform(before, member);
    if (after === before) continue;
    copy ??= { ...value };
    if (after === undefined) delete copy[member.key];
    else copy[member.key] = after;
  }
  return copy ?? value;
}

function fits(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'flattened':
      return isJsonObject(value);
    case 'long':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'ip':
      return typeof value === 'string' && parseAddress(value) !== undefined;
    default:
      return typeof value === 'string' && value !== '';
  }
}

function conformList(items: readonly JsonValue[], expected: Shape): JsonValue | undefined {
  let copy: JsonValue[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const before = items[index] ?? null;
    const after = isList(before) ? undefined : conform(before, expected);
    if (after !== before) copy ??= items.slice(0, index);
    if (copy !== undefined && after !== undefined) copy.push(after);
  }
  return copy ?? items;
}

/** `authorization.k8s.io/decision` becomes `authorization_k8s_io/decision`. */
function annotationFields(annotations: JsonValue | undefined): FlattenedValue | undefined {
  if (!isJsonObject(annotations)) return undefined;
  const fields: Record<string, JsonValue> = {};
  for (const key in annotations) {
    const value = annotations[key];
    if (typeof value === 'string' && value !== '' && key !== '__proto__') fields[annotationName(key)] = value;
  }
  return fields;
}

const annotationNames = new Map<string, string>();
const annotation_names_max = 1_024;

function annotationName(key: string): string {
  const known = annotationNames.get(key);
  if (known !== undefined) return known;
  const name = key.replaceAll('.', '_');
  if (annotationNames.size < annotation_names_max) annotationNames.set(key, name);
  return name;
}

/** Of the response: what it is and what it binds. The rest repeats the request. */
function responseFields(response: JsonValue | undefined): FlattenedValue | undefined {
  if (!isJsonObject(response)) return undefined;
  const { kind, roleRef, metadata } = response;
  return {
    kind: conform(kind, keyword),
    roleRef: conform(roleRef, responseRoleRef),
    metadata: isJsonObject(metadata)
      ? { ...metadata, managedFields: undefined, annotations: undefined }
      : undefined,
  };
}
