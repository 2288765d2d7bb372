import { entity, type Entity } from './entity.ts';
import type { Description, FactDraft } from './format.ts';
import { podNameEntity, workloadEntity } from './kubernetes.ts';
import type { PodContainer, PodIdentity } from './pod.ts';
import { second_ns } from './time.ts';

/** From when to when a pod existed; `to_ns` is exclusive and undefined while it does. */
export interface PodLife {
  readonly from_ns: bigint;
  readonly to_ns: bigint | undefined;
}

/** How sure an object of the API server is of itself. */
const certain = 100;
/** A tag may be moved to another image at any time. */
const tag_confidence = 60;

/**
 * The life of a pod. Its end is when its containers ended; when it was deleted while they ran, the deletion time that
 * it carries; else when we heard of the deletion.
 * @param seen_ns when the object was seen
 * @param is_deleted the object is gone
 */
export function podLife(pod: PodIdentity, seen_ns: bigint, is_deleted: boolean): PodLife {
  const from_ns = pod.created_ns ?? pod.started_ns ?? seen_ns;
  const end = pod.finished_ns ?? (is_deleted ? (pod.deleted_ns ?? seen_ns) : undefined);
  return { from_ns, to_ns: end === undefined || end > from_ns ? end : from_ns + second_ns };
}

/** What a pod states about identity: addresses, containers, name, owner, node, account and images. */
export function podFacts(pod: PodIdentity, life: PodLife): readonly FactDraft[] {
  const self = entity('pod', pod.uid);
  const { from_ns, to_ns } = life;
  const facts: FactDraft[] = [
    {
      a: podNameEntity(pod.namespace, pod.name),
      relation: 'is',
      b: self,
      from_ns,
      to_ns,
      confidence: certain,
    },
  ];
  if (!pod.host_network) {
    const taken_ns = pod.started_ns ?? from_ns;
    for (const address of pod.addresses) {
      facts.push({
        a: entity('ip', address),
        relation: 'is',
        b: self,
        from_ns: taken_ns,
        to_ns,
        confidence: certain,
      });
    }
  }
  if (pod.host_network && pod.node !== undefined) {
    facts.push(forGood(self, 'part_of', entity('host_network', pod.node)));
  }
  if (pod.node !== undefined) {
    facts.push({
      a: self,
      relation: 'runs_on',
      b: entity('node', pod.node),
      from_ns,
      to_ns,
      confidence: certain,
    });
  }
  if (pod.workload !== undefined) facts.push(forGood(self, 'part_of', workloadEntity(pod.workload)));
  if (pod.service_account !== undefined) {
    facts.push(forGood(self, 'runs_as', entity('serviceaccount', `${pod.namespace}/${pod.service_account}`)));
  }
  for (const container of pod.containers) {
    if (container.id !== undefined) facts.push(forGood(container.id.entity, 'part_of', self));
    facts.push(...imageFacts(self, container, from_ns));
  }
  return facts;
}

/** Ids of pods and containers are never used again: what is said of them needs neither start nor end. */
function forGood(a: Entity, relation: FactDraft['relation'], b: Entity): FactDraft {
  return { a, relation, b, from_ns: 0n, confidence: certain };
}

function imageFacts(self: Entity, container: PodContainer, from_ns: bigint): readonly FactDraft[] {
  const { image, repository_digest, config_digest } = container;
  const reference =
    image?.tag === undefined ? undefined : entity('image_reference', `${image.name}:${image.tag}`);
  const digests = [...new Set([repository_digest, image?.digest, config_digest])].flatMap((digest) =>
    digest === undefined ? [] : [entity('image', digest)],
  );
  const facts = digests.map((digest) => forGood(self, 'uses', digest));
  const [first, ...aliases] = digests;
  if (first === undefined) {
    if (reference !== undefined) facts.push(forGood(self, 'uses', reference));
    return facts;
  }
  for (const alias of aliases) facts.push(forGood(alias, 'is', first));
  if (reference !== undefined) {
    facts.push({ a: reference, relation: 'is', b: first, from_ns, confidence: tag_confidence });
  }
  return facts;
}

/**
 * What the context store remembers of a pod, under its uid, its name, its addresses and its containers. Nothing before
 * it has a node: from then on each value stays the same over the pod's life, so that its end closes what its start
 * opened.
 */
export function podDescriptions(pod: PodIdentity, life: PodLife): readonly Description[] {
  if (pod.node === undefined) return [];
  const { from_ns, to_ns } = life;
  const value = podValue(pod);
  const descriptions: Description[] = [
    { entity: entity('pod', pod.uid), from_ns, to_ns, value },
    { entity: podNameEntity(pod.namespace, pod.name), from_ns, to_ns, value },
  ];
  if (!pod.host_network) {
    for (const address of pod.addresses) {
      descriptions.push({ entity: entity('ip', address), from_ns: pod.started_ns ?? from_ns, to_ns, value });
    }
  }
  for (const container of pod.containers) {
    if (container.id === undefined) continue;
    const described = { ...value, ...containerValue(container) };
    descriptions.push({ entity: container.id.entity, from_ns, value: described });
  }
  return descriptions;
}

function podValue(pod: PodIdentity): Record<string, string> {
  const value: Record<string, string> = { pod_uid: pod.uid, namespace: pod.namespace, pod_name: pod.name };
  if (pod.node !== undefined) value['node'] = pod.node;
  if (pod.service_account !== undefined) value['service_account'] = pod.service_account;
  if (pod.workload !== undefined) {
    value['workload_kind'] = pod.workload.kind;
    value['workload_name'] = pod.workload.name;
  }
  return value;
}

function containerValue(container: PodContainer): Record<string, string> {
  const { id, image, repository_digest, config_digest } = container;
  const value: Record<string, string> = { container_name: container.name };
  if (id !== undefined) value['container_id'] = id.id;
  if (id?.runtime !== undefined) value['container_runtime'] = id.runtime;
  if (image !== undefined) value['image_name'] = image.name;
  if (image?.tag !== undefined) value['image_tag'] = image.tag;
  const digests = [...new Set([repository_digest, image?.digest, config_digest])].filter(
    (one) => one !== undefined,
  );
  if (digests.length > 0) value['image_digests'] = digests.join(',');
  return value;
}
