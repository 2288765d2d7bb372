import { addressEntity, connectionEntity, parseAddress } from '#shared/event/address.ts';
import type { EcsDocument, EcsEndpoint, EcsNetwork } from '#shared/event/ecs.ts';
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
  const { source, destination, transport } = ends;
  return {
    source,
    destination,
    network: {
      ...network,
      transport,
      type: addressFamily(destination?.ip ?? source?.ip),
      direction: network?.direction ?? directionOf(ends),
    },
  };
}

/** As seen from the edge of the network; undefined unless both addresses are known. */
export function directionOf({ source, destination }: Ends): string | undefined {
  const from = parseAddress(source?.ip)?.scope;
  const to = parseAddress(destination?.ip)?.scope;
  if (from === undefined || to === undefined) return undefined;
  if (from === 'external') return to === 'external' ? 'external' : 'inbound';
  return to === 'external' ? 'outbound' : 'internal';
}

/** The connection as an entity; undefined without ports, and on loopback or to a group. */
export function connectionOf({ source, destination, transport }: Ends): Entity | undefined {
  if (transport === undefined || source?.ip === undefined || destination?.ip === undefined) return undefined;
  if (parseAddress(source.ip)?.scope === 'local' || parseAddress(destination.ip)?.scope === 'local') {
    return undefined;
  }
  return connectionEntity(
    transport,
    { ip: source.ip, port: source.port },
    { ip: destination.ip, port: destination.port },
  );
}

/** For sensors that know addresses only: the caller and the connection act, the called one is the target. */
export function addressActors(ends: Ends): Entity[] {
  return present(addressEntity(ends.source?.ip), connectionOf(ends));
}

export function addressTargets(ends: Ends): Entity[] {
  return present(addressEntity(ends.destination?.ip));
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
