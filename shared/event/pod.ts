import { type ContainerId, parseContainerId } from './container.ts';
import { type ImageReference, normaliseDigest, parseImageReference } from './image.ts';
import type { JsonObject } from './json.ts';
import { ownerWorkload, type Workload } from './kubernetes.ts';
import { parseAddress } from './address.ts';
import { at, object, objects, text } from './read.ts';
import { parseTime, second_ns } from './time.ts';

/** What a Pod object says of identity. Times are those of the object; undefined where it has none yet. */
export interface PodIdentity {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly service_account: string | undefined;
  /** Shares the node's addresses; they never mean this pod. */
  readonly host_network: boolean;
  readonly addresses: readonly string[];
  /** The controller that people know; undefined for a pod without one, and for a static pod. */
  readonly workload: Workload | undefined;
  readonly containers: readonly PodContainer[];
  readonly created_ns: bigint | undefined;
  /** From when the addresses are its own. */
  readonly started_ns: bigint | undefined;
  /** When it completed and gave its addresses back; undefined while it runs. */
  readonly finished_ns: bigint | undefined;
  readonly deleted_ns: bigint | undefined;
}

export interface PodContainer {
  readonly name: string;
  readonly id: ContainerId | undefined;
  /** As the specification asks for it. */
  readonly image: ImageReference | undefined;
  /** What the registry answered (`imageID`). */
  readonly repository_digest: string | undefined;
  /** Image id, where the runtime shows it in place of a name. */
  readonly config_digest: string | undefined;
}

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;
const specLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Reads a Pod object; undefined when it has no uid, namespace or name (a template, or a request before it is stored). */
export function readPod(pod: JsonObject): PodIdentity | undefined {
  const metadata = object(pod['metadata']);
  const uid = text(metadata?.['uid']);
  const namespace = text(metadata?.['namespace']);
  const name = text(metadata?.['name']);
  if (metadata === undefined || uid === undefined || namespace === undefined || name === undefined)
    return undefined;
  const spec = object(pod['spec']);
  const status = object(pod['status']);
  const created_ns = parseTime(metadata['creationTimestamp']);
  return {
    uid,
    namespace,
    name,
    node: text(spec?.['nodeName']),
    service_account: text(spec?.['serviceAccountName']) ?? text(spec?.['serviceAccount']),
    host_network: spec?.['hostNetwork'] === true || sharesAddress(status),
    addresses: addressesOf(status),
    workload: workloadOf(metadata, namespace),
    containers: containersOf(spec, status),
    created_ns,
    started_ns: parseTime(status?.['startTime']) ?? created_ns ?? firstStart(status),
    finished_ns: finishedAt(status),
    deleted_ns: parseTime(metadata['deletionTimestamp']),
  };
}

/** The node's address is the pod's: also told by a status that comes without its specification. */
function sharesAddress(status: JsonObject | undefined): boolean {
  const own = text(status?.['podIP']);
  return own !== undefined && own === text(status?.['hostIP']);
}

function addressesOf(status: JsonObject | undefined): readonly string[] {
  const found = new Set<string>();
  for (const written of [status?.['podIP'], ...objects(status?.['podIPs']).map((entry) => entry['ip'])]) {
    const address = parseAddress(text(written));
    if (address !== undefined) found.add(address.ip);
  }
  return [...found];
}

/** The controller of an object by its `ownerReferences`, as people know it; a node owns static pods and is none. */
export function workloadOf(metadata: JsonObject, namespace: string): Workload | undefined {
  const owners = objects(metadata['ownerReferences']);
  const owner = owners.find((candidate) => candidate['controller'] === true) ?? owners[0];
  const kind = text(owner?.['kind']);
  const name = text(owner?.['name']);
  if (kind === undefined || name === undefined || kind === 'Node') return undefined;
  return ownerWorkload({ namespace, kind, name }, text(at(metadata['labels'], 'pod-template-hash')));
}

function containersOf(spec: JsonObject | undefined, status: JsonObject | undefined): readonly PodContainer[] {
  const images = new Map<string, string | undefined>();
  for (const list of specLists) {
    for (const container of objects(spec?.[list])) {
      const name = text(container['name']);
      if (name !== undefined) images.set(name, text(container['image']));
    }
  }
  const containers: PodContainer[] = [];
  for (const list of statusLists) {
    for (const container of objects(status?.[list])) {
      const name = text(container['name']);
      if (name === undefined) continue;
      containers.push(containerOf(name, images.get(name), container));
      images.delete(name);
    }
  }
  for (const [name, image] of images) containers.push(containerOf(name, image, undefined));
  return containers;
}

function containerOf(name: string, image: string | undefined, status: JsonObject | undefined): PodContainer {
  const shown = text(status?.['image']);
  return {
    name,
    id: parseContainerId(
      text(status?.['containerID']) ?? text(at(status, 'state', 'terminated', 'containerID')),
    ),
    image: parseImageReference(image) ?? parseImageReference(shown),
    repository_digest: normaliseDigest(text(status?.['imageID'])),
    config_digest: shown?.startsWith('sha256:') === true ? normaliseDigest(shown) : undefined,
  };
}

/** The first start of its running containers: what a partial status tells of its age. */
function firstStart(status: JsonObject | undefined): bigint | undefined {
  let first: bigint | undefined;
  for (const container of objects(status?.['containerStatuses'])) {
    const start = parseTime(at(container, 'state', 'running', 'startedAt'));
    if (start !== undefined && (first === undefined || start < first)) first = start;
  }
  return first;
}

/** The last end of its containers, once the pod has succeeded or failed for good. */
function finishedAt(status: JsonObject | undefined): bigint | undefined {
  const phase = text(status?.['phase']);
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  let last: bigint | undefined;
  for (const container of objects(status?.['containerStatuses'])) {
    const end = parseTime(at(container, 'state', 'terminated', 'finishedAt'));
    if (end !== undefined && (last === undefined || end > last)) last = end;
  }
  // The API writes whole seconds: the end lies somewhere in that one.
  return last === undefined ? undefined : last + second_ns;
}
