import { parseAddress } from '#shared/event/address.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import type { HubbleFlow } from './hubble-flow.ts';
import { peerEntities, peerServiceAccount } from './hubble-peer.ts';

/** Of the packets of a connection, one is enough: within a minute they say the same. */
const minute_ns = 60_000_000_000n;

/** The caller, whoever stands behind its proxy, its own service account, and the connection. */
export function actorsOf(flow: HubbleFlow): Entity[] {
  const actors = peerEntities(flow.source, flow.node);
  for (const client of flow.layer7?.actors ?? []) if (!actors.includes(client)) actors.push(client);
  const account = peerServiceAccount(flow.source);
  if (account !== undefined) actors.push(account);
  if (flow.connection !== undefined) actors.push(flow.connection);
  return actors;
}

/** Who was called, and the names that were asked for. */
export function targetsOf(flow: HubbleFlow): Entity[] {
  const targets = peerEntities(flow.destination);
  for (const name of flow.layer7?.targets ?? []) if (!targets.includes(name)) targets.push(name);
  return targets;
}

/**
 * What other sensors need: names of addresses outside, and whose a connection to the outside is (sensors on the wire
 * see it with the node's address).
 */
export function factsOf(flow: HubbleFlow): FactDraft[] | undefined {
  const facts = flow.layer7?.facts;
  const pod = opensConnection(flow) ? insidePod(flow) : undefined;
  if (pod === undefined || flow.connection === undefined) return facts?.length === 0 ? undefined : facts;
  const from_ns = flow.at_ns - (flow.at_ns % minute_ns);
  const whose: FactDraft = { a: flow.connection, relation: 'part_of', b: pod, from_ns, confidence: 95 };
  return facts === undefined ? [whose] : [...facts, whose];
}

/** The pod of a connection between a pod and the outside. */
function insidePod(flow: HubbleFlow): Entity | undefined {
  const { source, destination } = flow;
  if (source.pod_name !== undefined && destination.pod_name !== undefined) return undefined;
  const [pod, peer] = source.pod_name === undefined ? [destination, source] : [source, destination];
  return parseAddress(peer.endpoint?.ip)?.scope === 'external' ? pod.pod : undefined;
}

/** Without flags (UDP, requests, field masks) any packet may be the first. */
function opensConnection(flow: HubbleFlow): boolean {
  return flow.tcp_flags === undefined || flow.tcp_flags['SYN'] === true;
}
