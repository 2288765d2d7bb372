import { addressEntity, parseEndpoint } from '#shared/event/address.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { podNameEntity } from '#shared/event/kubernetes.ts';
import { integer, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { hostFields, urlFields } from '#shared/event/url.ts';
import { isEnvoyLine, readEnvoyLine } from './envoy-text.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { forwardedFor } from './forwarded.ts';

/** Access logs of Envoy, as Istio's sidecars, gateways and waypoints write them: text or JSON. */
export const envoy: Format = { name: 'envoy', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return isEnvoyLine(record);
  return (
    isJsonObject(record) &&
    typeof record['start_time'] === 'string' &&
    record['bytes_received'] !== undefined &&
    (record['response_flags'] !== undefined || record['upstream_cluster'] !== undefined)
  );
}

function normalise(record: JsonObject | string, context: RecordContext): FormatResult {
  const entries = typeof record === 'string' ? readLines(record) : [record];
  if (entries.length === 0) return { kind: 'reject', reason: 'envoy.unknown_layout' };
  return { kind: 'ok', drafts: entries.map((entry) => entryDraft(readEntry(entry, context))) };
}

function readLines(lines: string): readonly JsonObject[] {
  const entries: JsonObject[] = [];
  for (const line of lines.split('\n')) {
    const entry = readEnvoyLine(line);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** One request or connection, read. */
interface Entry {
  readonly fields: JsonObject;
  /** The proxy stands before the server, and its pod is the destination. */
  readonly is_inbound: boolean;
  readonly ends: Ends;
  readonly pod: Pod | undefined;
  readonly service: Service | undefined;
  readonly authority: string | undefined;
  readonly client: string | undefined;
  readonly status: number | undefined;
  /** A policy refused it: Envoy's RBAC filter, or an external authoriser. */
  readonly refused: string | undefined;
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly node: string | undefined;
}

interface Service {
  readonly name: string;
  readonly namespace: string | undefined;
}

function readEntry(fields: JsonObject, context: RecordContext): Entry {
  const cluster = text(fields['upstream_cluster']);
  const is_inbound = cluster?.startsWith('inbound') === true;
  const details = text(fields['response_code_details']) ?? '';
  const isRefused = details.startsWith('rbac_access_denied') || details.startsWith('ext_authz_denied');
  return {
    fields,
    is_inbound,
    ends: endsOf(fields, is_inbound),
    pod: podOf(context),
    service: cluster === undefined ? undefined : serviceOf(cluster),
    authority: text(fields['authority']),
    client: forwardedFor(text(fields['x_forwarded_for'])),
    status: integer(fields['response_code']),
    refused: isRefused ? details : undefined,
  };
}

/**
 * Before a server: from the client to this proxy. Before a client: from this proxy to whom it chose, because what the
 * client addressed is a virtual address.
 */
function endsOf(fields: JsonObject, is_inbound: boolean): Ends {
  const remote = endOf(fields['downstream_remote_address']);
  const local = endOf(fields['downstream_local_address']);
  const upstream = endOf(fields['upstream_host']);
  const own = endOf(fields['upstream_local_address']);
  const received = integer(fields['bytes_received']);
  const sent = integer(fields['bytes_sent']);
  const source = is_inbound ? remote : (own ?? remote);
  const destination = is_inbound ? local : (upstream ?? local);
  return {
    source: source === undefined ? undefined : { ...source, bytes: received },
    destination: destination === undefined ? undefined : { ...destination, bytes: sent },
    transport: 'tcp',
  };
}

/** `10.44.1.27:80`; waypoints write `envoy://connect_originate/10.244.0.32:9080`. */
function endOf(address: JsonValue | undefined): EcsEndpoint | undefined {
  const written = text(address);
  if (written === undefined) return undefined;
  return parseEndpoint(written.slice(written.lastIndexOf('/') + 1));
}

/** The pod whose log this is: here the shipper's metadata is the subject. */
function podOf(context: RecordContext): Entry['pod'] {
  const namespace = text(context.shipper?.['namespace']);
  const name = text(context.shipper?.['pod_name']);
  if (namespace === undefined || name === undefined) return undefined;
  return {
    namespace,
    name,
    uid: text(context.shipper?.['pod_uid']),
    node: text(context.shipper?.['node_name']),
  };
}

/** The pod by uid and by name. */
function podEntities(pod: Pod): Entity[] {
  const name = podNameEntity(pod.namespace, pod.name);
  return pod.uid === undefined ? [name] : [entity('pod', pod.uid), name];
}

/** `outbound|8000||httpbin.foo.svc.cluster.local` and `inbound-vip|9080|http|details.bookinfo.svc…` name a service. */
function serviceOf(cluster: string): Service | undefined {
  const host = cluster.split('|')[3];
  if (host === undefined || host === '') return undefined;
  const [name = host, namespace = '', svc] = host.split('.', 3);
  return svc === 'svc' && name !== '' && namespace !== ''
    ? { name, namespace }
    : { name: host, namespace: undefined };
}

function entryDraft(entry: Entry): Draft {
  const { ends, is_inbound } = entry;
  const own = entry.pod === undefined ? undefined : podEntities(entry.pod);
  const source = [addressEntity(ends.source?.ip)];
  const destination = [addressEntity(ends.destination?.ip)];
  const mark = entry.refused === undefined ? undefined : refusedMark;
  return {
    time_ns: parseTime(entry.fields['start_time']),
    dataset: 'envoy.access_logs',
    dedupe_key: dedupeKey(entry),
    document: documentOf(entry, mark),
    actors: present(
      ...(is_inbound ? source : (own ?? source)),
      addressEntity(entry.client),
      connectionOf(ends),
    ),
    targets: present(...(is_inbound ? (own ?? destination) : destination)),
    marks: mark === undefined ? undefined : [mark],
  };
}

const refusedMark: Mark = {
  rule: { id: 'envoy/request-refused', title: 'Mesh policy refused a request', level: 'low', origin: 'tool' },
};

/** Both sidecars log a request under one id; the side and the port tell them apart. */
function dedupeKey(entry: Entry): string | undefined {
  const { fields, ends } = entry;
  const id = text(fields['request_id']);
  if (id === undefined) return undefined;
  return [
    id,
    text(fields['start_time']),
    text(fields['upstream_cluster']),
    `${ends.source?.ip}:${ends.source?.port}`,
    `${ends.destination?.ip}:${ends.destination?.port}`,
  ].join('|');
}

function documentOf(entry: Entry, mark: Mark | undefined): ToolDocument<'envoy'> {
  const { fields, ends, pod, service, status, is_inbound } = entry;
  const isHttp = status !== undefined && status > 0;
  const isFailure = entry.refused !== undefined || (isHttp && status >= 400);
  const host = entry.authority === undefined ? undefined : hostFields(entry.authority);
  const own = pod === undefined ? undefined : { namespace: pod.namespace, name: pod.name, uid: pod.uid };
  return {
    message: sentence(entry),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: isHttp ? ['network', 'web'] : ['network'],
      type: typesOf(entry, isHttp),
      action: isHttp ? 'request' : 'connection',
      outcome: isFailure ? 'failure' : 'success',
      severity: mark === undefined ? undefined : 21,
      reason: entry.refused ?? text(fields['response_flags']),
      duration: durationOf(fields['duration']),
      module: 'envoy',
    },
    observer: { product: 'envoy', vendor: 'Envoy', type: 'proxy' },
    ...flowFields(
      { ...ends, destination: withDomain(ends.destination, host?.domain) },
      { protocol: isHttp ? 'http' : undefined },
    ),
    ...(isHttp ? requestFields(entry) : undefined),
    client: entry.client === undefined ? undefined : { ip: entry.client },
    orchestrator: pod === undefined ? undefined : podResource(pod),
    kubernetes:
      pod === undefined && service === undefined
        ? undefined
        : {
            namespace: pod?.namespace,
            pod: pod === undefined ? undefined : { name: pod.name, uid: pod.uid },
            node: pod?.node === undefined ? undefined : { name: pod.node },
            service: service === undefined ? undefined : { name: service.name },
          },
    tls: tlsFields(text(fields['requested_server_name'])),
    breakwater: own === undefined ? undefined : is_inbound ? { destination_pod: own } : { source_pod: own },
    envoy: toolFields(fields),
  };
}

function podResource(pod: Pod): EcsDocument['orchestrator'] {
  return {
    type: 'kubernetes',
    namespace: pod.namespace,
    resource: { type: 'pod', name: pod.name, id: pod.uid },
  };
}

function typesOf(entry: Entry, isHttp: boolean): readonly string[] {
  if (entry.refused !== undefined) return ['protocol', 'denied'];
  return isHttp ? ['access', 'protocol', 'allowed'] : ['connection', 'end'];
}

function withDomain(end: EcsEndpoint | undefined, domain: string | undefined): EcsEndpoint | undefined {
  if (domain === undefined || parseEndpoint(domain) !== undefined) return end;
  return { ...end, domain };
}

/** Milliseconds in the log, nanoseconds in ECS. */
function durationOf(duration: JsonValue | undefined): number | undefined {
  const milliseconds = integer(duration);
  return milliseconds === undefined || milliseconds < 0 || milliseconds > duration_ms_max
    ? undefined
    : milliseconds * 1_000_000;
}

/** A month: beyond, the nanoseconds would not be exact. */
const duration_ms_max = 2_678_400_000;

function requestFields(entry: Entry): Pick<EcsDocument, 'http' | 'url' | 'user_agent'> {
  const { fields, authority } = entry;
  const agent = text(fields['user_agent']);
  const url = urlFields(text(fields['path']));
  const host = authority === undefined ? undefined : hostFields(authority);
  return {
    http: {
      version: text(text(fields['protocol'])?.replace('HTTP/', '')),
      request: {
        id: text(fields['request_id']),
        method: text(fields['method']),
        bytes: integer(fields['bytes_received']),
      },
      response: { status_code: entry.status, bytes: integer(fields['bytes_sent']) },
    },
    url: url === undefined ? undefined : { ...url, domain: host?.domain, port: host?.port },
    user_agent: agent === undefined ? undefined : { original: agent },
  };
}

/** Istio's own names between sidecars, `outbound_.8080_._.…`, are nobody's. */
function tlsFields(server_name: string | undefined): EcsDocument['tls'] {
  return server_name === undefined || server_name.startsWith('outbound_')
    ? undefined
    : { client: { server_name } };
}

function toolFields(fields: JsonObject): Record<string, string | undefined> {
  return {
    response_flags: text(fields['response_flags']),
    response_code_details: text(fields['response_code_details']),
    connection_termination_details: text(fields['connection_termination_details']),
    upstream_transport_failure_reason: text(fields['upstream_transport_failure_reason']),
    upstream_cluster: text(fields['upstream_cluster']),
    upstream_host: text(fields['upstream_host']),
    downstream_local_address: text(fields['downstream_local_address']),
    downstream_remote_address: text(fields['downstream_remote_address']),
    x_forwarded_for: text(fields['x_forwarded_for']),
    route_name: text(fields['route_name']),
  };
}

/** `10.44.1.23:46520 to 10.44.1.27:80: GET httpbin:8000/status/418 418`. */
function sentence(entry: Entry): string {
  const { fields, ends, authority, status } = entry;
  const way = `${endText(ends.source)} to ${endText(ends.destination)}`;
  const method = text(fields['method']);
  if (method === undefined) return `${way}: connection of ${text(fields['bytes_received']) ?? 0} bytes`;
  return `${way}: ${method} ${authority ?? ''}${text(fields['path']) ?? ''} ${status ?? ''}`.trimEnd();
}
