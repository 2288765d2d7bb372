import { addressEntity, parseEndpoint } from '#shared/event/address.ts';
import type { EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { parseSpiffeId, podNameEntity } from '#shared/event/kubernetes.ts';
import { text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, flowFields, present } from './flow.ts';
import { readLogfmt } from './logfmt.ts';

/** Connections as Istio's ambient node proxy logs them: text lines or JSON, with the identity of both ends. */
export const ztunnel: Format = { name: 'ztunnel', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return record.includes('src.addr=') && record.includes('access');
  return (
    isJsonObject(record) && typeof record['src.addr'] === 'string' && typeof record['dst.addr'] === 'string'
  );
}

function normalise(record: JsonObject | string): FormatResult {
  const entries =
    typeof record === 'string'
      ? record.split('\n').flatMap((line) => readLine(line) ?? [])
      : [readObject(record)];
  if (entries.length === 0) return { kind: 'reject', reason: 'ztunnel.no_connection' };
  return { kind: 'ok', drafts: entries.map(entryDraft) };
}

/** One connection, by the names of the text form. */
interface Entry {
  readonly time_ns: bigint | undefined;
  readonly level: string | undefined;
  readonly message: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

/** `time <tab> level <tab> scope <tab> message <tab> key=value …`. */
function readLine(line: string): Entry | undefined {
  const start = line.indexOf('src.addr=');
  if (start === -1) return undefined;
  const [time, level, , message] = line.slice(0, start).split('\t');
  return {
    time_ns: parseTime(time),
    level: text(level),
    message: text(message),
    fields: readLogfmt(line, start),
  };
}

function readObject(record: JsonObject): Entry {
  const fields = new Map<string, string>();
  for (const key in record) {
    const value = text(record[key]);
    if (value !== undefined) fields.set(key, value);
  }
  return {
    time_ns: parseTime(record['time']),
    level: text(record['level']),
    message: text(record['message']),
    fields,
  };
}

/** One end of a connection. */
interface Side {
  readonly endpoint: EcsEndpoint | undefined;
  readonly namespace: string | undefined;
  /** ztunnel calls a pod's name its workload. */
  readonly pod_name: string | undefined;
  readonly serviceaccount: string | undefined;
}

/** The namespace of the identity is certain; the one that is logged for a destination may be the service's. */
function sideOf(fields: ReadonlyMap<string, string>, name: 'src' | 'dst'): Side {
  const spiffe = parseSpiffeId(fields.get(`${name}.identity`));
  const address = text(fields.get(`${name}.hbone_addr`)) ?? text(fields.get(`${name}.addr`));
  return {
    endpoint: parseEndpoint(address),
    namespace: spiffe?.namespace ?? text(fields.get(`${name}.namespace`)),
    pod_name: text(fields.get(`${name}.workload`)),
    serviceaccount: spiffe?.name,
  };
}

function sideEntity(side: Side): Entity | undefined {
  if (side.namespace !== undefined && side.pod_name !== undefined) {
    return podNameEntity(side.namespace, side.pod_name);
  }
  return addressEntity(side.endpoint?.ip);
}

function accountOf(side: Side): Entity | undefined {
  const { namespace, serviceaccount } = side;
  if (namespace === undefined || serviceaccount === undefined || serviceaccount === 'default')
    return undefined;
  return entity('serviceaccount', `${namespace}/${serviceaccount}`);
}

function entryDraft(entry: Entry): Draft {
  const source = sideOf(entry.fields, 'src');
  const destination = sideOf(entry.fields, 'dst');
  const ends: Ends = { source: source.endpoint, destination: destination.endpoint, transport: 'tcp' };
  const error = text(entry.fields.get('error'));
  const mark = error?.includes('policy') === true ? refusedMark : undefined;
  return {
    time_ns: entry.time_ns,
    dataset: 'ztunnel.access_logs',
    dedupe_key: undefined,
    document: documentOf(entry, source, destination, ends, error, mark),
    actors: present(sideEntity(source), accountOf(source), connectionOf(ends)),
    targets: present(sideEntity(destination)),
    marks: mark === undefined ? undefined : [mark],
  };
}

const refusedMark: Mark = {
  rule: {
    id: 'ztunnel/connection-refused',
    title: 'Mesh policy refused a connection',
    level: 'low',
    origin: 'tool',
  },
};

function documentOf(
  entry: Entry,
  source: Side,
  destination: Side,
  ends: Ends,
  error: string | undefined,
  mark: Mark | undefined,
): ToolDocument<'ztunnel'> {
  const { fields } = entry;
  const service = text(fields.get('dst.service'));
  const isOpening = entry.message?.includes('opened') === true;
  const counted: Ends = {
    ...ends,
    source: withBytes(ends.source, fields.get('bytes_sent')),
    destination: withBytes(withDomain(ends.destination, service), fields.get('bytes_recv')),
  };
  return {
    message: `${sideText(source)} to ${sideText(destination)}: ${entry.message ?? 'connection'}${error === undefined ? '' : ` (${error})`}`,
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: ['network'],
      type: ['connection', isOpening ? 'start' : 'end', mark === undefined ? 'allowed' : 'denied'],
      action: entry.message?.replaceAll(' ', '-'),
      outcome: error === undefined ? 'success' : 'failure',
      severity: mark === undefined ? undefined : 21,
      reason: error,
      duration: durationOf(fields.get('duration')),
      module: 'ztunnel',
    },
    observer: { product: 'ztunnel', vendor: 'Istio', type: 'proxy' },
    log: { level: entry.level },
    ...flowFields(counted),
    kubernetes: {
      namespace: source.namespace,
      pod: source.pod_name === undefined ? undefined : { name: source.pod_name },
      service: service === undefined ? undefined : { name: text(service.split('.', 1)[0]) },
    },
    breakwater: { source_pod: podOf(source), destination_pod: podOf(destination) },
    ztunnel: {
      direction: fields.get('direction'),
      source_identity: fields.get('src.identity'),
      destination_identity: fields.get('dst.identity'),
      destination_service: service,
      destination_namespace: fields.get('dst.namespace'),
      destination_address: fields.get('dst.addr'),
    },
  };
}

function podOf(side: Side): { namespace?: string; name?: string; serviceaccount?: string } | undefined {
  if (side.namespace === undefined) return undefined;
  return {
    namespace: side.namespace,
    ...(side.pod_name === undefined ? {} : { name: side.pod_name }),
    ...(side.serviceaccount === undefined ? {} : { serviceaccount: side.serviceaccount }),
  };
}

function withBytes(end: EcsEndpoint | undefined, count: string | undefined): EcsEndpoint | undefined {
  const bytes = Number(count);
  return end === undefined || !Number.isSafeInteger(bytes) ? end : { ...end, bytes };
}

function withDomain(end: EcsEndpoint | undefined, domain: string | undefined): EcsEndpoint | undefined {
  return end === undefined || domain === undefined ? end : { ...end, domain };
}

const units = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
]);

/** `2ms` in nanoseconds. */
function durationOf(written: string | undefined): number | undefined {
  const number = Number.parseFloat(written ?? '');
  const unit = units.get((written ?? '').replace(/^[\d.]+/, ''));
  const duration = Math.round(number * (unit ?? Number.NaN));
  return Number.isSafeInteger(duration) ? duration : undefined;
}

function sideText(side: Side): string {
  if (side.namespace !== undefined && side.pod_name !== undefined)
    return `${side.namespace}/${side.pod_name}`;
  return side.endpoint?.ip ?? '?';
}
