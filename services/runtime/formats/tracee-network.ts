import { parseAddress } from '#shared/event/address.ts';
import type { EcsDns } from '#shared/event/ecs-network.ts';
import type { EcsEndpoint } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { object, objects, text } from '#shared/event/read.ts';
import type { Activity } from './activity.ts';

/** What an event about packets or sockets says. */
export interface TraceeNetwork {
  readonly activity: Activity;
  /** The one that opened the connection, as far as ports tell. */
  readonly source: EcsEndpoint | undefined;
  readonly destination: EcsEndpoint | undefined;
  readonly transport: string | undefined;
  readonly protocol: string | undefined;
  readonly dns: EcsDns | undefined;
}

type Arguments = Readonly<Record<string, JsonValue>>;

const packet: Activity = { category: ['network'], type: ['protocol', 'info'] };
const connection: Activity = { category: ['network'], type: ['connection', 'start'] };

/** Reads `net_*` events and socket calls; undefined for events that are about something else. */
export function traceeNetwork(name: string, args: Arguments): TraceeNetwork | undefined {
  if (name.startsWith('net_') && args['src'] !== undefined) return packetOf(name, args);
  const remote = object(args['remote_addr'] ?? args['addr'] ?? args['sockaddr']);
  if (remote === undefined) return undefined;
  return {
    activity: connection,
    source: undefined,
    destination: socketAddress(remote),
    transport: undefined,
    protocol: undefined,
    dns: undefined,
  };
}

function socketAddress(address: JsonObject): EcsEndpoint | undefined {
  return endpointOf(
    address['sin_addr'] ?? address['sin6_addr'] ?? address['ip'],
    address['sin_port'] ?? address['sin6_port'] ?? address['port'],
  );
}

/** A packet from a well-known port to a high one is an answer: its receiver asked. */
function packetOf(name: string, args: Arguments): TraceeNetwork {
  const sender = endpointOf(args['src'], args['src_port']);
  const receiver = endpointOf(args['dst'], args['dst_port']);
  const isAnswer = (sender?.port ?? 65_536) < 1024 && (receiver?.port ?? 0) >= 1024;
  const dns = object(args['proto_dns']);
  const protocol = name.startsWith('net_packet_') ? name.slice('net_packet_'.length) : undefined;
  return {
    activity: name.startsWith('net_packet_') ? packet : connection,
    source: isAnswer ? receiver : sender,
    destination: isAnswer ? sender : receiver,
    transport: transportOf(protocol, args),
    protocol: protocol === 'dns' || protocol === 'http' ? protocol : undefined,
    dns: dns === undefined ? undefined : dnsOf(dns),
  };
}

function transportOf(protocol: string | undefined, args: Arguments): string | undefined {
  if (protocol === 'tcp' || protocol === 'udp') return protocol;
  if (protocol === 'icmp') return 'icmp';
  if (protocol === 'icmpv6') return 'ipv6-icmp';
  return isJsonObject(args['proto_tcp']) ? 'tcp' : isJsonObject(args['proto_udp']) ? 'udp' : undefined;
}

function dnsOf(dns: JsonObject): EcsDns {
  const [question] = objects(dns['questions']);
  const answers = [];
  for (const answer of objects(dns['answers'])) {
    const data = text(answer['IP']) ?? text(answer['CNAME']) ?? text(answer['NS']) ?? text(answer['PTR']);
    if (data !== undefined) answers.push({ name: text(answer['name']), type: text(answer['type']), data });
  }
  const addresses = objects(dns['answers']).flatMap((answer) => parseAddress(text(answer['IP']))?.ip ?? []);
  return {
    id: text(dns['ID']),
    type: dns['QR'] === 1 ? 'answer' : 'query',
    question: { name: text(question?.['name']), type: text(question?.['type']) },
    answers: answers.length === 0 ? undefined : answers,
    resolved_ip: addresses.length === 0 ? undefined : addresses,
  };
}
