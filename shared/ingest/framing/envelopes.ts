import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, objects, text } from '#shared/event/read.ts';
import { readOtlpAttributes, readShipper } from './shipper.ts';

/** What an envelope holds, and who it says shipped it. */
export interface Envelope {
  readonly contents: readonly JsonValue[];
  readonly shipper: JsonObject | undefined;
}

/** Opens one envelope; undefined when the object is none that we know. */
export function envelopeContents(value: JsonObject): Envelope | undefined {
  return (
    kubernetesList(value) ??
    cloudEvent(value) ??
    cloudWatch(value) ??
    azure(value) ??
    secOps(value) ??
    otlp(value) ??
    logLine(value)
  );
}

/**
 * `kind: …List` with `items`, which may lack the kind that the list implies; also the audit webhook's `EventList`, and
 * lists that lost their kind.
 */
function kubernetesList(value: JsonObject): Envelope | undefined {
  const { items, kind = 'List' } = value;
  if (!isList(items) || typeof kind !== 'string' || !kind.endsWith('List')) return undefined;
  if (typeof value['apiVersion'] !== 'string') return undefined;
  const itemKind = kind.slice(0, -'List'.length);
  const apiVersion = value['apiVersion'] ?? null;
  const contents = items.map((item) =>
    isJsonObject(item) && item['kind'] === undefined && itemKind !== ''
      ? { kind: itemKind, apiVersion, ...item }
      : item,
  );
  return { contents, shipper: undefined };
}

/** CloudEvents 1.0, as Dapr publishes. */
function cloudEvent(value: JsonObject): Envelope | undefined {
  if (typeof value['specversion'] !== 'string') return undefined;
  const { data, data_base64: encoded } = value;
  if (typeof encoded === 'string') {
    return { contents: [Buffer.from(encoded, 'base64').toString('utf8')], shipper: undefined };
  }
  return data === undefined || data === null ? undefined : { contents: [data], shipper: undefined };
}

/** CloudWatch Logs subscriptions: one message a log event; also as Lambda hands them over. */
function cloudWatch(value: JsonObject): Envelope | undefined {
  const packed = at(value, 'awslogs', 'data');
  if (typeof packed === 'string') return { contents: [packed], shipper: undefined };
  const { logEvents, logGroup } = value;
  if (!isList(logEvents) || typeof logGroup !== 'string') return undefined;
  if (value['messageType'] === 'CONTROL_MESSAGE') return { contents: [], shipper: undefined };
  const contents = logEvents.map((event) => at(event, 'message') ?? null);
  return { contents, shipper: { agent: 'cloudwatch', log_group: logGroup } };
}

/** Azure diagnostic logs in an Event Hub: the tool's line is in `properties.log`. */
function azure(value: JsonObject): Envelope | undefined {
  const { records } = value;
  if (
    !isList(records) ||
    records.length === 0 ||
    !records.every((record) => text(at(record, 'category')) !== undefined)
  ) {
    return undefined;
  }
  const resource = text(at(records[0], 'resourceId'));
  const contents = records.map(
    (record) => at(record, 'properties', 'log') ?? at(record, 'properties') ?? record,
  );
  return { contents, shipper: { agent: 'azure', ...(resource === undefined ? {} : { resource }) } };
}

/** Google SecOps hands out raw logs so. */
function secOps(value: JsonObject): Envelope | undefined {
  const entries = at(value, 'raw_logs', 'entries');
  if (!isList(entries)) return undefined;
  return { contents: entries.map((entry) => at(entry, 'data') ?? null), shipper: undefined };
}

/** OTLP in JSON: the body of each log record, each span as it is. */
function otlp(value: JsonObject): Envelope | undefined {
  const logs = objects(value['resourceLogs']);
  const traces = objects(value['resourceSpans']);
  if (logs.length === 0 && traces.length === 0) return undefined;
  const contents: JsonValue[] = [];
  for (const record of inScopes(logs, 'scopeLogs', 'logRecords'))
    contents.push(at(record, 'body', 'stringValue') ?? record);
  contents.push(...inScopes(traces, 'scopeSpans', 'spans'));
  const shippers = [...logs, ...traces].map((one) => readOtlpAttributes(at(one, 'resource', 'attributes')));
  return { contents, shipper: shippers.find((shipper) => shipper !== undefined) };
}

function inScopes(resources: readonly JsonObject[], scopes: string, items: string): readonly JsonObject[] {
  return resources.flatMap((resource) => objects(resource[scopes]).flatMap((scope) => objects(scope[items])));
}

/**
 * A line with what a shipper knows of it: Fluent Bit and Docker (`log`), Vector and Filebeat (`message`, or already
 * parsed in `json`), OpenTelemetry (`body`).
 */
function logLine(value: JsonObject): Envelope | undefined {
  const line = value['log'] ?? value['json'] ?? value['message'] ?? value['body'] ?? value['MESSAGE'];
  const content = isJsonObject(line) ? (line['stringValue'] ?? line) : line;
  if (typeof content !== 'string' && !isJsonObject(content)) return undefined;
  return { contents: [content], shipper: readShipper(value) };
}
