import type { EcsContainer, EcsDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import {
  allDigests,
  type ImageDigests,
  imageEntities,
  type ImageReference,
  parseImageReference,
} from '#shared/event/image.ts';
import { certain, likely } from './confidence.ts';

/** What was scanned. */
export interface Subject {
  readonly reference: ImageReference | undefined;
  readonly digests: ImageDigests;
  /** The workload whose container was scanned, where the scanner knows it. */
  readonly workload?:
    | { readonly namespace: string; readonly kind: string; readonly name: string }
    | undefined;
  readonly container_name?: string | undefined;
  /** The cluster's name as the scanner knows it. */
  readonly cluster?: string | undefined;
  /** For people: the artifact as the tool named it. */
  readonly label: string;
}

/** Entities that a finding is about. */
export function subjectEntities(subject: Subject): readonly Entity[] {
  const entities = [...imageEntities(subject.reference, subject.digests)];
  const { workload } = subject;
  if (workload !== undefined) {
    entities.push(entity('workload', `${workload.namespace}/${workload.kind}/${workload.name}`));
  }
  return entities;
}

/** The image and the workload as ECS names them. */
export function subjectFields(subject: Subject): Pick<EcsDocument, 'container' | 'orchestrator'> {
  return { container: containerOf(subject), orchestrator: orchestratorOf(subject) };
}

function orchestratorOf({ workload, cluster }: Subject): EcsDocument['orchestrator'] {
  if (workload === undefined && cluster === undefined) return undefined;
  return {
    type: 'kubernetes',
    cluster: cluster === undefined ? undefined : { name: cluster },
    namespace: workload?.namespace,
    resource: workload === undefined ? undefined : { type: workload.kind.toLowerCase(), name: workload.name },
  };
}

function containerOf({ reference, digests, container_name }: Subject): EcsContainer | undefined {
  const all = allDigests(digests);
  if (reference === undefined && all === undefined && container_name === undefined) return undefined;
  return {
    name: container_name,
    image: {
      name: reference?.name,
      tag: reference?.tag === undefined ? undefined : [reference.tag],
      hash: all === undefined ? undefined : { all },
    },
  };
}

/**
 * Digests of one image are one image for all time; a tag is an image from the scan on (tags move, so it is only likely).
 */
export function subjectFacts(subject: Subject, scanned_ns: bigint): readonly FactDraft[] {
  const digests = allDigests(subject.digests) ?? [];
  const [first, ...others] = digests.map((digest) => entity('image', digest));
  if (first === undefined) return [];
  const facts: FactDraft[] = others.map((other) => ({
    a: other,
    relation: 'is',
    b: first,
    from_ns: 0n,
    confidence: certain,
  }));
  const { reference } = subject;
  if (reference?.tag !== undefined) {
    const tagged = entity('image_reference', `${reference.name}:${reference.tag}`);
    facts.push({ a: tagged, relation: 'is', b: first, from_ns: scanned_ns, confidence: likely });
  }
  return facts;
}

/** The reference that a scanner's artifact name is; undefined for a file that holds an image. */
export function artifactReference(name: string | undefined): ImageReference | undefined {
  return name === undefined || /\.(?:tar|tgz|tar\.gz)$/i.test(name) ? undefined : parseImageReference(name);
}
