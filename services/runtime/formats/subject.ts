import type { ContainerId } from '#shared/event/container.ts';
import type { Kubernetes } from '#shared/event/ecs-extension.ts';
import type { EcsContainer, EcsDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { FactDraft, RecordContext } from '#shared/event/format.ts';
import { formatImageReference, imageFields, type ImageReference } from '#shared/event/image.ts';
import { podNameEntity, type Workload, workloadEntity } from '#shared/event/kubernetes.ts';
import { text } from '#shared/event/read.ts';
import { ever_ns } from '#shared/event/time.ts';
import { workloadField } from '#shared/event/workload-field.ts';

/** The container, pod and node in which something happened, as far as the tool says. */
export interface Subject {
  readonly container: ContainerId | undefined;
  readonly container_name: string | undefined;
  readonly image: ImageReference | undefined;
  readonly privileged: boolean | undefined;
  readonly namespace: string | undefined;
  readonly pod_name: string | undefined;
  readonly pod_uid: string | undefined;
  readonly workload: Workload | undefined;
  readonly node: string | undefined;
  readonly cluster: string | undefined;
}

/** Agents run on the node that they watch: where they do not name it, the log shipper's node is theirs. */
export function nodeOfShipper(context: RecordContext): string | undefined {
  return text(context.shipper?.['node_name']);
}

/** The ECS and Elastic Agent fields of a subject. */
export function subjectFields(
  subject: Subject,
): Pick<EcsDocument, 'container' | 'orchestrator' | 'kubernetes' | 'host'> {
  return {
    container: containerFields(subject),
    orchestrator: orchestratorFields(subject),
    kubernetes: kubernetesFields(subject),
    host: subject.node === undefined ? undefined : { name: subject.node },
  };
}

function containerFields(subject: Subject): EcsContainer | undefined {
  const { container, container_name, image, privileged } = subject;
  if (container === undefined && container_name === undefined && image === undefined) return undefined;
  return {
    id: container?.id,
    name: container_name,
    runtime: container?.runtime,
    image: image === undefined ? undefined : imageFields(image),
    security_context: privileged === undefined ? undefined : { privileged },
  };
}

function orchestratorFields(subject: Subject): EcsDocument['orchestrator'] {
  if (subject.pod_name === undefined && subject.pod_uid === undefined) return undefined;
  return {
    type: 'kubernetes',
    namespace: subject.namespace,
    cluster: subject.cluster === undefined ? undefined : { name: subject.cluster },
    resource: { type: 'pod', name: subject.pod_name, id: subject.pod_uid },
  };
}

function kubernetesFields(subject: Subject): Kubernetes | undefined {
  const { node, namespace, workload } = subject;
  const named = subject.pod_name !== undefined || subject.pod_uid !== undefined;
  if (!named && namespace === undefined) return node === undefined ? undefined : { node: { name: node } };
  return {
    namespace,
    pod: named ? { name: subject.pod_name, uid: subject.pod_uid } : undefined,
    container:
      subject.container_name === undefined && subject.image === undefined
        ? undefined
        : {
            name: subject.container_name,
            id: subject.container?.id,
            image: subject.image === undefined ? undefined : formatImageReference(subject.image),
          },
    node: node === undefined ? undefined : { name: node },
    ...(workload === undefined ? undefined : workloadField(workload.kind, workload.name)),
  };
}

/** Container, pod uid and pod name, most specific first. */
export function subjectEntities(subject: Subject): Entity[] {
  const { container, namespace, pod_name, pod_uid } = subject;
  const entities: Entity[] = container === undefined ? [] : [container.entity];
  if (pod_uid !== undefined) entities.push(`pod:${pod_uid}`);
  if (namespace !== undefined && pod_name !== undefined) entities.push(podNameEntity(namespace, pod_name));
  return entities;
}

/** Whether a pod is known; a container without one may be none of Kubernetes', and is then the node's. */
export function isInPod({ pod_name, pod_uid }: Subject): boolean {
  return pod_name !== undefined || pod_uid !== undefined;
}

/**
 * What a subject says of identity: container → pod → workload and image for good, pod name → pod from `from_ns` on
 * (names are given again).
 */
export function subjectFacts(subject: Subject, from_ns: bigint): FactDraft[] {
  const { container, namespace, pod_name, pod_uid } = subject;
  const name =
    namespace === undefined || pod_name === undefined ? undefined : podNameEntity(namespace, pod_name);
  const uid = pod_uid === undefined ? undefined : entity('pod', pod_uid);
  const pod = uid ?? name;
  if (pod === undefined) return [];
  const facts: FactDraft[] = container === undefined ? [] : [partOf(container.entity, pod)];
  if (uid === undefined) return facts;
  if (name !== undefined) facts.push({ a: name, relation: 'is', b: uid, from_ns, confidence: 100 });
  if (subject.workload !== undefined) facts.push(partOf(uid, workloadEntity(subject.workload)));
  const digest = subject.image?.digest;
  if (digest !== undefined) {
    const image = entity('image', digest);
    facts.push({ a: uid, relation: 'uses', b: image, from_ns: ever_ns, confidence: 100 });
  }
  return facts;
}

export function partOf(a: Entity, b: Entity): FactDraft {
  return { a, relation: 'part_of', b, from_ns: ever_ns, confidence: 100 };
}

/** Where it happened, for the end of a sentence: ` in pod shop/cart-0`, ` on host worker-1`, or nothing. */
export function subjectText(subject: Subject): string {
  const { container, namespace, node, pod_name } = subject;
  if (pod_name !== undefined)
    return ` in pod ${namespace === undefined ? pod_name : `${namespace}/${pod_name}`}`;
  if (container !== undefined) return ` in container ${subject.container_name ?? container.id12}`;
  return node === undefined ? '' : ` on host ${node}`;
}
