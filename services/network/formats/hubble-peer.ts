import { addressEntity } from '#shared/event/address.ts';
import type { PodReference } from '#shared/event/ecs-extension.ts';
import type { EcsEndpoint } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { ownerWorkload, podNameEntity } from '#shared/event/kubernetes.ts';
import { list, objects, text } from '#shared/event/read.ts';

/** One side of a flow as Cilium knows it. */
export interface Peer {
  readonly endpoint: EcsEndpoint | undefined;
  readonly namespace: string | undefined;
  readonly pod_name: string | undefined;
  readonly pod: Entity | undefined;
  readonly serviceaccount: string | undefined;
  /** `Deployment/cart`; a Job's run is its CronJob. */
  readonly workload: string | undefined;
  /** What Cilium reserves an identity for: `world`, `host`, `remote-node`, `kube-apiserver`, `health`, `ingress`, … */
  readonly reserved: string | undefined;
}

const serviceAccountLabel = 'k8s:io.cilium.k8s.policy.serviceaccount=';
const reservedLabel = 'reserved:';

/** Reads `source` or `destination` of a flow; with a field mask they may be empty. */
export function hubblePeer(side: JsonValue | undefined, endpoint: EcsEndpoint | undefined): Peer {
  const fields: JsonObject = isJsonObject(side) ? side : {};
  const namespace = text(fields['namespace']);
  const pod_name = text(fields['pod_name']);
  let serviceaccount: string | undefined;
  let reserved: string | undefined;
  for (const label of list(fields['labels'])) {
    if (typeof label !== 'string') continue;
    if (label.startsWith(serviceAccountLabel)) serviceaccount = label.slice(serviceAccountLabel.length);
    else if (label.startsWith(reservedLabel)) reserved = label.slice(reservedLabel.length);
  }
  return {
    endpoint,
    namespace,
    pod_name,
    pod: namespace === undefined || pod_name === undefined ? undefined : podNameEntity(namespace, pod_name),
    serviceaccount: serviceaccount === '' ? undefined : serviceaccount,
    workload: workloadOf(fields, namespace),
    reserved,
  };
}

function workloadOf(fields: JsonObject, namespace: string | undefined): string | undefined {
  const [first] = objects(fields['workloads']);
  const kind = text(first?.['kind']);
  const name = text(first?.['name']);
  if (namespace === undefined || kind === undefined || name === undefined) return undefined;
  const owner = ownerWorkload({ namespace, kind, name });
  return `${owner.kind}/${owner.name}`;
}

/**
 * Who a side is, most specific first: a pod by name, else its address; `node` when it is the caller on that host.
 * Addresses of pods are left out: they say less than the name, and belong to someone else a moment later.
 */
export function peerEntities(peer: Peer, node?: string): Entity[] {
  if (peer.pod !== undefined) return [peer.pod];
  const found: Entity[] = [];
  if (peer.reserved === 'host' && node !== undefined) found.push(entity('node', node));
  const address = addressEntity(peer.endpoint?.ip);
  if (address !== undefined) found.push(address);
  return found;
}

/** The service account that a pod runs as, when it is its own: `default` is everybody's. */
export function peerServiceAccount(peer: Peer): Entity | undefined {
  const { namespace, serviceaccount } = peer;
  if (namespace === undefined || serviceaccount === undefined || serviceaccount === 'default')
    return undefined;
  return entity('serviceaccount', `${namespace}/${serviceaccount}`);
}

export function podReference(peer: Peer): PodReference | undefined {
  const { namespace, pod_name, serviceaccount, workload } = peer;
  if (namespace === undefined || pod_name === undefined) return undefined;
  return { namespace, name: pod_name, workload, serviceaccount };
}

/** `shop/cart-0`, `host`, or the address, for a sentence. */
export function peerText(peer: Peer): string {
  if (peer.pod_name !== undefined) return `${peer.namespace ?? '?'}/${peer.pod_name}`;
  const address = peer.endpoint?.domain ?? peer.endpoint?.ip ?? '?';
  return peer.reserved === undefined || peer.reserved === 'world' ? address : `${peer.reserved} ${address}`;
}
