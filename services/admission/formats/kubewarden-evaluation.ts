import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, boolean, integer, object, objects, own, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** One policy's answer to one request, however the policy server told it. */
export interface Evaluation {
  readonly policy: string;
  /** What the policy said. */
  readonly allowed: boolean;
  /** Said by a policy in monitor mode: the request went through all the same. */
  readonly monitored: boolean;
  /** Found by the audit scanner in the cluster: nobody asked for it now. */
  readonly audited: boolean;
  readonly reason: string | undefined;
  readonly code: number | undefined;
  readonly request_uid: string | undefined;
  readonly operation: string | undefined;
  readonly kind: string | undefined;
  readonly resource: string | undefined;
  readonly subresource: string | undefined;
  readonly group: string | undefined;
  readonly version: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** The policy server's pod. */
  readonly host: string | undefined;
  readonly mutated: boolean | undefined;
  readonly time_ns: bigint | undefined;
}

type Fields = Omit<Evaluation, 'allowed' | 'monitored' | 'reason' | 'time_ns'>;

/** Spans of the tracing library in which a policy answers. */
export const evaluationSpans: ReadonlySet<string> = new Set(['validation', 'audit', 'validation_raw']);

/**
 * Reads a line of the JSON log. The answer of a policy in monitor mode is a line of its own, whose `response` is
 * what Rust prints of it; an answer that counts is in the fields of the span. Undefined for all other lines.
 */
export function readLogLine(line: JsonObject): Evaluation | undefined {
  const said = object(line['fields']) ?? {};
  const spans = [...objects(line['spans']), object(line['span'])].filter(isJsonObject);
  const span = spans.find((one) => evaluationSpans.has(text(one['name']) ?? ''));
  const printed = text(said['response']);
  const time_ns = parseTime(line['timestamp']);
  const fields = readFields((key) => own(span ?? {}, key), text(span?.['name']));
  const policy = text(said['policy_id']) ?? fields.policy;
  if (printed !== undefined && text(said['message'])?.includes('monitor mode') === true) {
    const { allowed, reason, uid } = readPrinted(printed);
    const request_uid = fields.request_uid ?? uid;
    // Spans print their own name over that of the object.
    return { ...fields, policy, name: undefined, request_uid, allowed, reason, monitored: true, time_ns };
  }
  const allowed = boolean(span?.['allowed']);
  if (allowed === undefined) return undefined;
  const reason = text(span?.['response_message']);
  return { ...fields, policy, name: undefined, allowed, reason, monitored: false, time_ns };
}

/** Reads a span as OpenTelemetry writes it in JSON; undefined while it holds no answer. */
export function readSpan(span: JsonObject): Evaluation | undefined {
  const attributes = new Map(
    objects(span['attributes']).map((one) => [text(one['key']), anyValue(one['value'])] as const),
  );
  const allowed = boolean(attributes.get('allowed'));
  if (allowed === undefined) return undefined;
  return {
    ...readFields((key) => attributes.get(key), text(span['name'])),
    allowed,
    monitored: false,
    reason: text(attributes.get('response_message')),
    time_ns: parseTime(span['endTimeUnixNano']) ?? parseTime(span['startTimeUnixNano']),
  };
}

/** A value of OTLP in JSON: `{stringValue}`, `{boolValue}`, `{intValue}`. */
function anyValue(value: JsonValue | undefined): JsonValue | undefined {
  return at(value, 'stringValue') ?? at(value, 'boolValue') ?? at(value, 'intValue');
}

function readFields(field: (key: string) => JsonValue | undefined, span: string | undefined): Fields {
  return {
    policy: text(field('policy_id')) ?? 'unnamed',
    audited: span === 'audit',
    code: integer(field('response_code')),
    request_uid: text(field('request_uid')),
    operation: text(field('operation')),
    kind: text(field('kind')),
    resource: text(field('resource')),
    subresource: text(field('subresource')),
    group: text(field('resource_group')),
    version: text(field('resource_version')),
    namespace: text(field('namespace')),
    name: text(field('name')),
    host: text(field('host')),
    mutated: boolean(field('mutated')),
  };
}

/** Characters of a printed answer that are looked at. */
const printed_length_max = 65_536;

/** `AdmissionResponse { uid: "…", allowed: false, …, message: Some("…"), … }` */
function readPrinted(printed: string): {
  readonly allowed: boolean;
  readonly reason: string | undefined;
  readonly uid: string | undefined;
} {
  const answer = printed.slice(0, printed_length_max);
  return {
    allowed: !/\ballowed: false\b/.test(answer),
    reason: /\bmessage: Some\("((?:[^"\\]|\\.)*)"\)/.exec(answer)?.[1]?.replaceAll('\\"', '"'),
    uid: /\buid: "([^"\\]*)"/.exec(answer)?.[1],
  };
}
