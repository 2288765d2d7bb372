import { hash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** One end of a flow: a canonical address and a port; of ICMP, the type (source) and the code (destination). */
export interface FlowEnd {
  readonly ip: string;
  readonly port: number;
}

/** IANA numbers of the protocols that have ports, by the name that `network.transport` has. */
const protocols = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['ipv6-icmp', 58],
  ['sctp', 132],
]);

/** Types of ICMP that answer one another: the answer's type is the other end of the flow. */
const icmpAnswers = pairs([8, 0], [13, 14], [15, 16], [17, 18], [10, 9]);
const icmp6Answers = pairs([128, 129], [133, 134], [135, 136], [130, 131], [144, 145], [139, 140]);

function pairs(...list: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(list.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));
}

/**
 * Community ID, version 1, seed 0: the same text for both directions of a flow, whatever tool saw it
 * (github.com/corelight/community-id-spec). Undefined for protocols without ports and for ends of two families.
 */
export function communityId(transport: string, source: FlowEnd, destination: FlowEnd): string | undefined {
  const protocol = protocols.get(transport);
  if (protocol === undefined) return undefined;
  const from = bytesOf(source.ip);
  const to = bytesOf(destination.ip);
  if (from === undefined || to === undefined || from.length !== to.length) return undefined;
  const answers = protocol === 1 ? icmpAnswers : protocol === 58 ? icmp6Answers : undefined;
  const answer = answers?.get(source.port);
  // What has no answer runs one way: its type and code stay where they are.
  const oneWay = answers !== undefined && answer === undefined;
  const toPort = answer ?? destination.port;
  const forward = oneWay || isOrdered(from, source.port, to, toPort);
  return forward
    ? idOf(protocol, from, source.port, to, toPort)
    : idOf(protocol, to, toPort, from, source.port);
}

function isOrdered(one: Buffer, onePort: number, other: Buffer, otherPort: number): boolean {
  const order = Buffer.compare(one, other);
  return order < 0 || (order === 0 && onePort < otherPort);
}

const scratch = Buffer.alloc(40);

/** Seed, addresses, protocol, padding and ports, in network order. */
function idOf(protocol: number, one: Buffer, onePort: number, other: Buffer, otherPort: number): string {
  scratch.writeUInt16BE(0, 0);
  one.copy(scratch, 2);
  other.copy(scratch, 2 + one.length);
  const end = 2 + 2 * one.length;
  scratch.writeUInt16BE(protocol << 8, end);
  scratch.writeUInt16BE(onePort, end + 2);
  scratch.writeUInt16BE(otherPort, end + 4);
  return `1:${hash('sha1', scratch.subarray(0, end + 6), 'base64')}`;
}

/** A cluster has some thousand addresses in use at a time. */
const cached_addresses_max = 16_384;
const cache = new Map<string, Buffer | undefined>();

function bytesOf(ip: string): Buffer | undefined {
  const known = cache.get(ip);
  if (known !== undefined || cache.has(ip)) return known;
  const bytes = ipaddr.isValid(ip) ? Buffer.from(ipaddr.parse(ip).toByteArray()) : undefined;
  if (cache.size >= cached_addresses_max) cache.clear();
  cache.set(ip, bytes);
  return bytes;
}
