import { communityId } from '#shared/event/community-id.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { integer } from '#shared/event/read.ts';

const transports = [
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['ICMPv4', 'icmp'],
  ['ICMPv6', 'ipv6-icmp'],
  ['SCTP', 'sctp'],
  ['VRRP', 'vrrp'],
  ['IGMP', 'igmp'],
] as const;

/** The protocol below, and what it says. */
export interface TransportLayer {
  readonly name: string | undefined;
  readonly fields: JsonObject | undefined;
}

/** The community id of a message; a type or code of zero is left out by the exporter. */
export function icmpId(
  { name, fields }: TransportLayer,
  from: string | undefined,
  to: string | undefined,
): string | undefined {
  if (name === undefined || !name.includes('icmp') || from === undefined || to === undefined)
    return undefined;
  const [type = 0, code = 0] = [integer(fields?.['type']), integer(fields?.['code'])];
  return isOctet(type) && isOctet(code)
    ? communityId(name, { ip: from, port: type }, { ip: to, port: code })
    : undefined;
}

function isOctet(value: number): boolean {
  return value >= 0 && value <= 255;
}

/** The one member of `l4`. */
export function transportLayer(l4: JsonObject | undefined): TransportLayer {
  if (l4 !== undefined) {
    for (const [key, name] of transports) {
      const fields = l4[key];
      if (isJsonObject(fields)) return { name, fields };
    }
  }
  return { name: undefined, fields: undefined };
}
