import { parseAddress, parseEndpoint } from '#shared/event/address.ts';
import type { EcsEndpoint } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, text } from '#shared/event/read.ts';
import type { FalcoAlert } from './falco-alert.ts';
import type { PeerPlace } from './falco-verdict.ts';

/** The connection behind a file descriptor; the client is the source. */
export interface FalcoConnection {
  readonly source: EcsEndpoint;
  readonly destination: EcsEndpoint;
  readonly transport: string | undefined;
  /** The end that is not the process that the alert is about. */
  readonly peer: EcsEndpoint;
}

/** Reads `fd.name` (`client:port->server:port`), else the single fields of the ends. */
export function falcoConnection({ descriptor, fields }: FalcoAlert): FalcoConnection | undefined {
  const ends = endsOfName(descriptor) ?? endsOfFields(fields);
  if (ends === undefined) return undefined;
  const { source, destination } = ends;
  const isServer = isServerSide(fields, source, destination);
  return {
    source,
    destination,
    transport: transportOf(fields['fd.l4proto']),
    peer: isServer ? source : destination,
  };
}

interface Ends {
  readonly source: EcsEndpoint;
  readonly destination: EcsEndpoint;
}

function endsOfName(name: string | undefined): Ends | undefined {
  const arrow = name === undefined ? -1 : name.indexOf('->');
  if (name === undefined || arrow === -1) return undefined;
  const source = parseEndpoint(name.slice(0, arrow));
  const destination = parseEndpoint(name.slice(arrow + 2));
  return source === undefined || destination === undefined ? undefined : { source, destination };
}

function endsOfFields(fields: JsonObject): Ends | undefined {
  const client = endpointOf(fields['fd.cip'], fields['fd.cport']);
  const server = client?.ip === undefined ? undefined : endpointOf(fields['fd.sip'], fields['fd.sport']);
  if (client !== undefined && server?.ip !== undefined) return { source: client, destination: server };
  const local = endpointOf(fields['fd.lip'], fields['fd.lport']);
  const remote = local?.ip === undefined ? undefined : endpointOf(fields['fd.rip'], fields['fd.rport']);
  return local === undefined || remote?.ip === undefined ? undefined : { source: local, destination: remote };
}

/** The process is the server when its local port is the server's, or when it accepted the connection. */
function isServerSide(fields: JsonObject, source: EcsEndpoint, destination: EcsEndpoint): boolean {
  const localPort = integer(fields['fd.lport']);
  if (localPort !== undefined && source.port !== destination.port) return localPort === destination.port;
  const type = text(fields['evt.type']);
  return type === 'accept' || type === 'accept4';
}

/** Where the peer is, for rules whose weight depends on it. */
export function peerPlace(connection: FalcoConnection | undefined): PeerPlace {
  const ip = connection?.peer.ip;
  if (ip === undefined) return 'none';
  if (ip.startsWith('127.') || ip === '::1') return 'loopback';
  return parseAddress(ip)?.scope === 'external' ? 'outside' : 'inside';
}
