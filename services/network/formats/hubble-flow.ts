import type { EcsEndpoint } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { RecordContext } from '#shared/event/format.ts';
import type { JsonObject, JsonValue } from '#shared/event/json.ts';
import { boolean, object, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends } from './flow.ts';
import { layer7, type Layer7 } from './hubble-l7.ts';
import { hubblePeer, type Peer } from './hubble-peer.ts';
import { icmpId, transportLayer } from './hubble-transport.ts';

/** One flow, read; source and destination are those of the connection, also for replies. */
export interface HubbleFlow {
  readonly raw: JsonObject;
  readonly ip: JsonObject | undefined;
  readonly l7: JsonObject | undefined;
  /** As Hubble says. */
  readonly time_ns: bigint | undefined;
  /** The same; without it, that of arrival. */
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

/** Reads a flow; its time and node may be in the record around it alone. */
export function readFlow(raw: JsonObject, record: JsonObject, context: RecordContext): HubbleFlow {
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
