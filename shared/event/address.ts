import ipaddr from 'ipaddr.js';
import { entity, type Entity } from './entity.ts';

/** Where an address belongs: `internal` means something only inside one network, `external` anywhere. */
export type AddressScope = 'internal' | 'external' | 'local';

export interface Address {
  /** Canonical text: no leading zeros, IPv6 in its short form, IPv4 in IPv6 as IPv4. */
  readonly ip: string;
  /** `local`: loopback, link-local, multicast, unspecified; says nothing about who. */
  readonly scope: AddressScope;
}

/** A cluster has some thousand addresses in use at a time. */
const cached_addresses_max = 16_384;
const cache = new Map<string, Address | undefined>();

/** Reads an address, without port, brackets allowed, zone ignored; undefined for names and anything else. */
export function parseAddress(text: string | undefined): Address | undefined {
  if (text === undefined || text.length < 2 || text.length > 64) return undefined;
  const known = cache.get(text);
  if (known !== undefined || cache.has(text)) return known;
  const address = parse(text);
  if (cache.size >= cached_addresses_max) cache.clear();
  cache.set(text, address);
  return address;
}

function parse(text: string): Address | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const zone = bare.indexOf('%');
  const plain = zone === -1 ? bare : bare.slice(0, zone);
  if (!ipaddr.IPv4.isValidFourPartDecimal(plain) && !ipaddr.IPv6.isValid(plain)) return undefined;
  const parsed = ipaddr.process(plain);
  const ip = parsed.toString();
  // The very text, where it is canonical: the engine then finds it in the memory without comparing.
  return { ip: ip === text ? text : ip, scope: scopeOf(parsed.range()) };
}

/** Documentation ranges count as external: demonstrations and tests put the outside there. */
function scopeOf(range: string): AddressScope {
  switch (range) {
    case 'private':
    case 'carrierGradeNat':
    case 'uniqueLocal':
      return 'internal';
    case 'loopback':
    case 'linkLocal':
    case 'multicast':
    case 'broadcast':
    case 'unspecified':
      return 'local';
    default:
      return 'external';
  }
}

/** `ip:` or `external:`; undefined for addresses that say nothing about who, and for what is no address. */
export function addressEntity(text: string | undefined): Entity | undefined {
  const address = parseAddress(text);
  if (address === undefined || address.scope === 'local') return undefined;
  return entity(address.scope === 'internal' ? 'ip' : 'external', address.ip);
}

/** Splits `10.0.0.1:443`, `[2001:db8::1]:443` or a bare address. */
export function parseEndpoint(
  text: string | undefined,
): { ip: string; port: number | undefined } | undefined {
  if (text === undefined) return undefined;
  const colon = text.lastIndexOf(':');
  // Several colons without a bracket before the last one are those of an IPv6 address.
  if (colon === -1 || (text.indexOf(':') < colon && text.charCodeAt(colon - 1) !== closingBracket)) {
    const ip = parseAddress(text)?.ip;
    return ip === undefined ? undefined : { ip, port: undefined };
  }
  const ip = parseAddress(text.slice(0, colon))?.ip;
  const port = Number(text.slice(colon + 1));
  return ip === undefined || !isPort(port) ? undefined : { ip, port };
}

const closingBracket = 93;

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}

/** One end of a connection. */
interface End {
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * One connection as both of its ends and any sensor on the way name it: the ends in text order. An inside end of a
 * connection to the outside stands as `*`: address translation replaces its address on the way and keeps its port
 * where it can, so that a sensor on the node's wire and one at the pod name the same connection. Addresses must be
 * canonical (`parseAddress`). Undefined without both ports, on loopback and to groups.
 */
export function connectionEntity(transport: string, source: End, destination: End): Entity | undefined {
  if (source.ip === undefined || destination.ip === undefined) return undefined;
  if (source.port === undefined || destination.port === undefined) return undefined;
  const sourceScope = parseAddress(source.ip)?.scope;
  const destinationScope = parseAddress(destination.ip)?.scope;
  if (sourceScope === 'local' || destinationScope === 'local') return undefined;
  const sourceIp = sourceScope === 'internal' && destinationScope === 'external' ? '*' : source.ip;
  const destinationIp = destinationScope === 'internal' && sourceScope === 'external' ? '*' : destination.ip;
  const one = `${sourceIp}:${source.port}`;
  const other = `${destinationIp}:${destination.port}`;
  return one < other ? `connection:${transport}/${one}-${other}` : `connection:${transport}/${other}-${one}`;
}
