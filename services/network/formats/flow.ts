import { connectionEntity, parseAddress } from '#shared/event/address.ts';
import type { EcsNetwork } from '#shared/event/ecs-network.ts';
import type { EcsDocument, EcsEndpoint } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import type { Entity } from '#shared/event/entity.ts';

/** Who called whom: the source opened the connection, the destination answered. */
export interface Ends {
  readonly source: EcsEndpoint | undefined;
  readonly destination: EcsEndpoint | undefined;
  readonly transport: string | undefined;
}

/** `source`, `destination` and what `network.*` says of them. */
export function flowFields(
  ends: Ends,
  network?: EcsNetwork,
): Pick<EcsDocument, 'source' | 'destination' | 'network'> {
  return { source: ends.source, destination: ends.destination, network: networkFields(ends, network) };
}

/** What the ends say of the network, beside what is known of it otherwise. */
export function networkFields(ends: Ends, network?: EcsNetwork): EcsNetwork {
  const type = addressFamily(ends.destination?.ip ?? ends.source?.ip);
  const direction = network?.direction ?? directionOf(ends);
  if (network === undefined) return { transport: ends.transport, type, direction };
  return { ...network, transport: ends.transport, type, direction };
}

/** As seen from the edge of the network; undefined unless both addresses are known. */
function directionOf({ source, destination }: Ends): string | undefined {
  const from = parseAddress(source?.ip)?.scope;
  const to = parseAddress(destination?.ip)?.scope;
  if (from === undefined || to === undefined) return undefined;
  if (from === 'external') return to === 'external' ? 'external' : 'inbound';
  return to === 'external' ? 'outbound' : 'internal';
}

/** The connection as an entity; undefined without ports, on loopback and to groups. */
export function connectionOf({ source, destination, transport }: Ends): Entity | undefined {
  if (transport === undefined || source === undefined || destination === undefined) return undefined;
  return connectionEntity(transport, source, destination);
}

/** Those that are known, each once. */
export function present(...entities: readonly (Entity | undefined)[]): Entity[] {
  const found: Entity[] = [];
  for (const one of entities) {
    if (one !== undefined && !found.includes(one)) found.push(one);
  }
  return found;
}

/** `10.0.0.1:443`, a name, or `?`, for a sentence. */
export function endText(end: EcsEndpoint | undefined): string {
  const host = end?.ip ?? end?.address ?? end?.domain ?? '?';
  return end?.port === undefined ? host : `${host}:${end.port}`;
}
