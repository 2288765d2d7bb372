import { isPort, parseAddress } from './address.ts';
import type { EcsEndpoint } from './ecs.ts';
import type { JsonValue } from './json.ts';
import { integer, text } from './read.ts';

/** One end of a connection: `ip` in canonical form, or `address` when the tool wrote something else. */
export function endpointOf(address: JsonValue | undefined, port?: JsonValue): EcsEndpoint | undefined {
  const written = text(address);
  const ip = parseAddress(written)?.ip;
  const number = integer(port);
  const isNumber = number !== undefined && isPort(number);
  if (written === undefined && !isNumber) return undefined;
  return { ip, address: ip === undefined ? written : undefined, port: isNumber ? number : undefined };
}

const macText = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;

/** A hardware address in the form that ECS wants, `00-00-5E-00-53-23`. */
export function macField(address: JsonValue | undefined): string | undefined {
  const written = text(address);
  if (written === undefined || !macText.test(written)) return undefined;
  return written.toUpperCase().replaceAll(':', '-');
}

/** `ipv4` or `ipv6`, from a canonical address. */
export function addressFamily(ip: string | undefined): 'ipv4' | 'ipv6' | undefined {
  if (ip === undefined) return undefined;
  return ip.includes(':') ? 'ipv6' : 'ipv4';
}

/** Names of IANA protocol numbers that flow logs use. */
const protocolNames = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [47, 'gre'],
  [50, 'esp'],
  [58, 'ipv6-icmp'],
  [112, 'vrrp'],
  [132, 'sctp'],
]);

/** `network.transport` from a protocol's name or IANA number. */
export function transportOf(protocol: JsonValue | undefined): string | undefined {
  const number = integer(protocol);
  if (number !== undefined) return protocolNames.get(number);
  const name = text(protocol)?.toLowerCase();
  return name === 'icmpv6' || name === 'icmp6' ? 'ipv6-icmp' : name === 'icmpv4' ? 'icmp' : name;
}
