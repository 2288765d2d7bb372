import { parseAddress } from '#shared/event/address.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Draft, FactDraft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { boolean, integer, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, networkFields } from './flow.ts';
import { layer7, type Layer7 } from './hubble-l7.ts';
import {
  hubblePeer,
  type Peer,
  peerEntities,
  peerServiceAccount,
  peerText,
  podReference,
} from './hubble-peer.ts';
import { type HubbleSensorKind, hubbleSensor } from './hubble-sensor.ts';
import { icmpId, transportLayer } from './hubble-transport.ts';

/** Flows of Cilium's Hubble, from its exporter, `hubble observe`, or bare; and what the observer says of itself. */
export const hubble: Format = { name: 'hubble', family: 'network', recognises, normalise };

const sensorKinds: readonly HubbleSensorKind[] = ['lost_events', 'node_status', 'agent_event'];

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const { flow } = record;
  if (isJsonObject(flow)) return isFlow(flow);
  if (sensorKinds.some((kind) => isJsonObject(record[kind])) || isJsonObject(record['debug_event'])) {
    return record['node_name'] !== undefined || record['time'] !== undefined;
  }
  return typeof record['verdict'] === 'string' && record['event_type'] !== 'flow' && isFlow(record);
}

/** A field mask may leave little; other tools' `flow` objects have none of these. */
function isFlow(flow: JsonObject): boolean {
  return (
    isJsonObject(flow['IP']) ||
    isJsonObject(flow['l4']) ||
    isJsonObject(flow['l7']) ||
    (typeof flow['verdict'] === 'string' && (isJsonObject(flow['source']) || flow['Type'] !== undefined))
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const { flow } = record;
  if (isJsonObject(flow)) return { kind: 'ok', drafts: [flowDraft(readFlow(flow, record, context))] };
  const kind = sensorKinds.find((candidate) => isJsonObject(record[candidate]));
  if (kind !== undefined) return { kind: 'ok', drafts: [hubbleSensor(kind, record)] };
  if (isJsonObject(record['debug_event'])) return { kind: 'drop', reason: 'hubble.debug_event' };
  return { kind: 'ok', drafts: [flowDraft(readFlow(record, record, context))] };
}

/** One flow, read; source and destination are those of the connection, also for replies. */
interface Flow {
  readonly raw: JsonObject;
  readonly ip: JsonObject | undefined;
  readonly l7: JsonObject | undefined;
  readonly time_ns: bigint | undefined;
  readonly at_ns: bigint;
  readonly verdict: string;
  /** Why it was dropped. */
  readonly reason: string | undefined;
  readonly is_reply: boolean;
  readonly source: Peer;
  readonly destination: Peer;
  readonly ends: Ends;
  readonly connection: Entity | undefined;
  /** Of messages of ICMP, whose type and code stand for ports. */
  readonly icmp_id: string | undefined;
  readonly tcp_flags: JsonObject | undefined;
  readonly layer7: Layer7 | undefined;
  readonly node: string | undefined;
  readonly cluster: string | undefined;
}

function readFlow(raw: JsonObject, record: JsonObject, context: RecordContext): Flow {
  const time_ns = parseTime(raw['time']) ?? parseTime(record['time']);
  const at_ns = time_ns ?? context.arrival_ns;
  const transport = transportLayer(object(raw['l4']));
  const ip = object(raw['IP']);
  const sender = endpointOf(ip?.['source'], transport.fields?.['source_port']);
  const receiver = endpointOf(ip?.['destination'], transport.fields?.['destination_port']);
  const tcp_flags = object(transport.fields?.['flags']);
  const l7 = object(raw['l7']);
  const is_reply = isReply(raw, l7, tcp_flags);
  const from = hubblePeer(raw['source'], withName(sender, raw['source_names']));
  const to = hubblePeer(raw['destination'], withName(receiver, raw['destination_names']));
  const [source, destination] = is_reply ? [to, from] : [from, to];
  const ends = { source: source.endpoint, destination: destination.endpoint, transport: transport.name };
  const { node, cluster } = nodeOf(text(raw['node_name']) ?? text(record['node_name']));
  return {
    raw,
    ip,
    l7,
    time_ns,
    at_ns,
    verdict: text(raw['verdict']) ?? 'UNKNOWN',
    reason: text(raw['drop_reason_desc']),
    is_reply,
    source,
    destination,
    ends,
    connection: connectionOf(ends),
    icmp_id: icmpId(transport, sender?.ip, receiver?.ip),
    tcp_flags,
    layer7: layer7(l7, at_ns),
    node,
    cluster: cluster ?? text(object(raw['source'])?.['cluster_name']),
  };
}

/** `is_reply` came in 2021, `reply` before; where both are missing, what the packet itself shows. */
function isReply(raw: JsonObject, l7: JsonObject | undefined, flags: JsonObject | undefined): boolean {
  const said = boolean(raw['is_reply']) ?? boolean(raw['reply']);
  if (said !== undefined) return said;
  return l7?.['type'] === 'RESPONSE' || (flags?.['SYN'] === true && flags['ACK'] === true);
}

/** The first name by which Cilium's DNS proxy knows the address. */
function withName(endpoint: EcsEndpoint | undefined, names: JsonValue | undefined): EcsEndpoint | undefined {
  const domain = names === undefined ? undefined : texts(names)?.[0];
  return domain === undefined || endpoint === undefined ? endpoint : { ...endpoint, domain };
}

/** `kind-kind/kind-worker` is cluster and node. */
function nodeOf(name: string | undefined): { node: string | undefined; cluster: string | undefined } {
  const slash = name === undefined ? -1 : name.indexOf('/');
  if (name === undefined || slash === -1) return { node: name, cluster: undefined };
  return { node: name.slice(slash + 1), cluster: name.slice(0, slash) };
}

function flowDraft(flow: Flow): Draft {
  const mark = policyMark(flow);
  return {
    time_ns: flow.time_ns,
    dataset: 'hubble.flows',
    dedupe_key: dedupeKey(flow),
    document: documentOf(flow, mark),
    actors: actorsOf(flow),
    targets: targetsOf(flow),
    marks: mark === undefined ? undefined : [mark],
    facts: factsOf(flow),
  };
}

/** The caller, whoever stands behind its proxy, its own service account, and the connection. */
function actorsOf(flow: Flow): Entity[] {
  const actors = peerEntities(flow.source, flow.node);
  for (const client of flow.layer7?.actors ?? []) if (!actors.includes(client)) actors.push(client);
  const account = peerServiceAccount(flow.source);
  if (account !== undefined) actors.push(account);
  if (flow.connection !== undefined) actors.push(flow.connection);
  return actors;
}

function targetsOf(flow: Flow): Entity[] {
  const targets = peerEntities(flow.destination);
  for (const name of flow.layer7?.targets ?? []) if (!targets.includes(name)) targets.push(name);
  return targets;
}

/** Of the packets of a connection, one is enough: within a minute they say the same. */
const minute_ns = 60_000_000_000n;

/**
 * What other sensors need: names of addresses outside, and whose a connection to the outside is (sensors on the wire
 * see it with the node's address).
 */
function factsOf(flow: Flow): FactDraft[] | undefined {
  const facts = flow.layer7?.facts;
  const pod = opensConnection(flow) ? insidePod(flow) : undefined;
  if (pod === undefined || flow.connection === undefined) return facts?.length === 0 ? undefined : facts;
  const from_ns = flow.at_ns - (flow.at_ns % minute_ns);
  const whose: FactDraft = { a: flow.connection, relation: 'part_of', b: pod, from_ns, confidence: 95 };
  return facts === undefined ? [whose] : [...facts, whose];
}

/** The pod of a connection between a pod and the outside. */
function insidePod(flow: Flow): Entity | undefined {
  const { source, destination } = flow;
  if (source.pod_name !== undefined && destination.pod_name !== undefined) return undefined;
  const [pod, peer] = source.pod_name === undefined ? [destination, source] : [source, destination];
  return parseAddress(peer.endpoint?.ip)?.scope === 'external' ? pod.pod : undefined;
}

/** Without flags (UDP, requests, field masks) any packet may be the first. */
function opensConnection(flow: Flow): boolean {
  return flow.tcp_flags === undefined || flow.tcp_flags['SYN'] === true;
}

/** Reasons of drops that a network policy decided. */
function isPolicyDrop(flow: Flow): boolean {
  if (flow.verdict !== 'DROPPED') return false;
  const { reason } = flow;
  if (reason !== undefined) return reason.startsWith('POLICY_DEN') || reason === 'AUTH_REQUIRED';
  const number = integer(flow.raw['drop_reason']);
  return number === 133 || number === 181 || flow.layer7 !== undefined;
}

/** A network policy that refuses a flow says little alone: misconfigured clients are refused all day. */
function policyMark(flow: Flow): Mark | undefined {
  if (!isPolicyDrop(flow)) return undefined;
  const policy = deniedBy(flow.raw);
  return {
    rule: {
      id: 'hubble/policy-denied',
      title: policy === undefined ? 'Network policy denied a flow' : `Network policy ${policy} denied a flow`,
      level: 'low',
      origin: 'tool',
    },
  };
}

function deniedBy(raw: JsonObject): string | undefined {
  const policy = objects(raw['ingress_denied_by'])[0] ?? objects(raw['egress_denied_by'])[0];
  const name = text(policy?.['name']);
  const namespace = text(policy?.['namespace']);
  return name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
}

function documentOf(flow: Flow, mark: Mark | undefined): ToolDocument<'hubble'> {
  const { source, destination, raw } = flow;
  const policy = deniedBy(raw);
  const subject = source.pod_name === undefined ? destination : source;
  const requested = flow.layer7?.fields;
  const action = flow.verdict.toLowerCase();
  return {
    message: sentence(flow, action),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: ['network'],
      type: typesOf(flow),
      action,
      outcome: flow.verdict === 'DROPPED' || flow.verdict === 'ERROR' ? 'failure' : 'success',
      severity: mark === undefined ? undefined : 21,
      reason: flow.reason,
      duration: integer(flow.l7?.['latency_ns']),
      module: 'hubble',
    },
    observer: { product: 'hubble', vendor: 'Cilium', type: 'sensor', hostname: flow.node },
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'cilium' },
    host: flow.node === undefined ? undefined : { name: flow.node },
    orchestrator: orchestratorOf(flow, subject),
    kubernetes: {
      namespace: subject.namespace,
      pod: subject.pod_name === undefined ? undefined : { name: subject.pod_name },
      node: flow.node === undefined ? undefined : { name: flow.node },
    },
    source: flow.ends.source,
    destination: flow.ends.destination,
    network: networkOf(flow),
    dns: requested?.dns,
    http: requested?.http,
    url: requested?.url,
    user_agent: requested?.user_agent,
    client: requested?.client,
    breakwater: {
      source_pod: podReference(source),
      destination_pod: podReference(destination),
    },
    hubble: toolFields(flow),
  };
}

function networkOf(flow: Flow): EcsDocument['network'] {
  const network = networkFields(flow.ends);
  if (flow.layer7 !== undefined) network.protocol = flow.layer7.protocol;
  if (flow.icmp_id !== undefined) network.community_id = flow.icmp_id;
  return network;
}

function orchestratorOf(flow: Flow, subject: Peer): EcsDocument['orchestrator'] {
  if (subject.pod_name === undefined && flow.cluster === undefined) return undefined;
  return {
    type: 'kubernetes',
    namespace: subject.namespace,
    cluster: flow.cluster === undefined ? undefined : { name: flow.cluster },
    resource: subject.pod_name === undefined ? undefined : { type: 'pod', name: subject.pod_name },
  };
}

const allowedConnection = ['connection', 'allowed'];
const deniedConnection = ['connection', 'denied'];
const startedConnection = ['connection', 'start', 'allowed'];
const endedConnection = ['connection', 'end', 'allowed'];
const allowedProtocol = ['protocol', 'allowed'];
const deniedProtocol = ['protocol', 'denied'];

function typesOf(flow: Flow): readonly string[] {
  const isDenied = flow.verdict === 'DROPPED';
  if (flow.layer7 !== undefined) return isDenied ? deniedProtocol : allowedProtocol;
  if (isDenied) return deniedConnection;
  const flags = flow.tcp_flags;
  if (flags?.['SYN'] === true && flags['ACK'] !== true) return startedConnection;
  return flags?.['FIN'] === true || flags?.['RST'] === true ? endedConnection : allowedConnection;
}

/** What Hubble said beyond ECS, source and destination as of the connection. */
function toolFields(flow: Flow): ToolDocument<'hubble'>['hubble'] {
  const { raw, ip, is_reply } = flow;
  const from = identityOf(raw['source']);
  const to = identityOf(raw['destination']);
  return {
    verdict: flow.verdict,
    type: raw['Type'],
    is_reply,
    drop_reason_desc: raw['drop_reason_desc'],
    event_type: raw['event_type'],
    traffic_direction: raw['traffic_direction'],
    trace_observation_point: raw['trace_observation_point'],
    policy_match_type: raw['policy_match_type'],
    ingress_allowed_by: raw['ingress_allowed_by'],
    egress_allowed_by: raw['egress_allowed_by'],
    ingress_denied_by: raw['ingress_denied_by'],
    egress_denied_by: raw['egress_denied_by'],
    policy_log: raw['policy_log'],
    tcp_flags: flow.tcp_flags,
    source: is_reply ? to : from,
    destination: is_reply ? from : to,
    source_service: raw['source_service'],
    destination_service: raw['destination_service'],
    source_xlated: ip?.['source_xlated'],
    encrypted: ip?.['encrypted'],
    socket_cookie: raw['socket_cookie'],
    cgroup_id: raw['cgroup_id'],
    trace_context: raw['trace_context'],
    kafka: flow.l7?.['kafka'],
  };
}

function identityOf(side: JsonValue | undefined): object | undefined {
  if (!isJsonObject(side)) return undefined;
  const { identity, labels } = side;
  return identity === undefined && labels === undefined ? undefined : { identity, labels };
}

/** `shop/cart-0 to 198.51.100.64:443 (tcp) forwarded`; requests show what was asked. */
function sentence(flow: Flow, action: string): string {
  const { source, destination, ends, reason } = flow;
  const port = ends.destination?.port === undefined ? '' : `:${ends.destination.port}`;
  const what = flow.layer7?.label ?? ends.transport ?? 'traffic';
  const kind = flow.is_reply ? `${what}, reply` : what;
  const outcome = reason === undefined ? action : `${action} (${reason})`;
  return `${peerText(source)} to ${peerText(destination)}${port} (${kind}) ${outcome}`;
}

/** Newer Hubble gives each flow a uuid; before, everything that two observations of a packet differ in. */
function dedupeKey(flow: Flow): string | undefined {
  const { raw, ends } = flow;
  const uuid = text(raw['uuid']);
  if (uuid !== undefined) return uuid;
  const time = text(raw['time']);
  if (time === undefined) return undefined;
  const { source, destination } = ends;
  const observed = object(raw['event_type']);
  const where = `${flow.node}|${text(raw['trace_observation_point'])}|${text(observed?.['type'])}/${text(observed?.['sub_type'])}`;
  const tuple = `${ends.transport}|${source?.ip}:${source?.port}|${destination?.ip}:${destination?.port}|${flow.is_reply}`;
  return `${time}|${where}|${tuple}|${text(raw['Type'])}|${flow.verdict}|${flow.layer7?.label ?? ''}`;
}
