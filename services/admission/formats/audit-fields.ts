import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { timeField } from '#shared/event/time-field.ts';
import { kubernetesAuditFields } from '../../../schemas/elasticsearch/kubernetes-audit.ts';

/** Where the mapping has an object, and where a value; nothing is known of other names. */
interface Shape {
  readonly members: Map<string, Shape>;
  readonly type: string | undefined;
}

const prefix = 'kubernetes.audit.';
const shape = shapeOf(Object.entries(kubernetesAuditFields));

function shapeOf(fields: readonly (readonly [string, { readonly type: string }])[]): Shape {
  const root = new Map<string, Shape>();
  for (const [name, { type }] of fields) {
    let members = root;
    const path = name.slice(prefix.length).split('.');
    path.forEach((key, index) => {
      const known = members.get(key);
      const next: Shape = known ?? { members: new Map(), type: index === path.length - 1 ? type : undefined };
      members.set(key, next);
      members = next.members;
    });
  }
  return { members: root, type: undefined };
}

/**
 * `kubernetes.audit` as Elastic names it: the event itself, with `_` for dots in annotation names and without what
 * would break the mapping (an object where it has a value, or the reverse) or only repeats (`managedFields`, the body
 * of the response).
 */
export function auditFields(record: JsonObject): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const key in record) {
    const value = record[key];
    if (value === undefined || skipped.has(key)) continue;
    const member = shape.members.get(key);
    const kept = member === undefined ? value : conform(value, member);
    if (kept !== undefined) fields[key] = kept;
  }
  const annotations = record['annotations'];
  if (isJsonObject(annotations)) fields['annotations'] = annotationFields(annotations);
  const response = record['responseObject'];
  if (isJsonObject(response)) fields['responseObject'] = responseFields(response);
  for (const key of ['requestReceivedTimestamp', 'stageTimestamp'] as const) {
    const time = timeField(record[key]);
    if (time === undefined) delete fields[key];
    else fields[key] = time;
  }
  return fields;
}

/** Told apart below, or of no use to a search. */
const skipped: ReadonlySet<string> = new Set(['annotations', 'responseObject', 'metadata', '__proto__']);

/** The value without what the mapping can't take; undefined when nothing of it fits. */
function conform(value: JsonValue, expected: Shape): JsonValue | undefined {
  if (isList(value)) return conformList(value, expected);
  if (value === '') return undefined;
  if (expected.type !== undefined)
    return expected.type === 'flattened' || !isJsonObject(value) ? value : undefined;
  if (!isJsonObject(value)) return undefined;
  let copy: Record<string, JsonValue> | undefined;
  for (const [key, member] of expected.members) {
    const before = value[key];
    if (before === undefined || before === null) continue;
    const after = conform(before, member);
    if (after === before) continue;
    copy ??= { ...value };
    if (after === undefined) delete copy[key];
    else copy[key] = after;
  }
  return copy ?? value;
}

function conformList(items: readonly JsonValue[], expected: Shape): JsonValue | undefined {
  const kept = items.map((item) => conform(item, expected)).filter((item) => item !== undefined);
  const same = kept.length === items.length && kept.every((item, index) => item === items[index]);
  return same ? items : kept;
}

/** `authorization.k8s.io/decision` becomes `authorization_k8s_io/decision`. */
function annotationFields(annotations: JsonObject): JsonObject {
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
function responseFields(response: JsonObject): JsonObject {
  const fields: Record<string, JsonValue> = {};
  const { kind, roleRef, metadata } = response;
  if (typeof kind === 'string') fields['kind'] = kind;
  if (isJsonObject(roleRef)) fields['roleRef'] = roleRef;
  if (isJsonObject(metadata)) {
    const { managedFields: _, annotations: __, ...rest } = metadata;
    fields['metadata'] = rest;
  }
  return fields;
}
