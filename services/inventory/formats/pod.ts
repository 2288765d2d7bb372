import { entity, type Entity } from '#shared/event/entity.ts';
import type { Mark } from '#shared/event/format.ts';
import { workloadEntity } from '#shared/event/kubernetes.ts';
import { podDescriptions, podFacts, podLife } from '#shared/event/pod-facts.ts';
import { type PodIdentity, readPod } from '#shared/event/pod.ts';
import { podPosture } from '#shared/event/posture.ts';
import { object } from '#shared/event/read.ts';
import type { KubernetesObject, Statements } from './kubernetes-object.ts';

/** Who a pod is, and what is weak about it. */
export function podStatements(seen: KubernetesObject): Statements {
  const pod = readPod(seen.resource);
  if (pod === undefined) return {};
  const life = podLife(pod, seen.seen_ns, seen.type === 'DELETED');
  return {
    facts: podFacts(pod, life),
    descriptions: podDescriptions(pod, life),
    marks: postureMarks(seen, pod),
    targets: targetsOf(pod),
  };
}

/** A pod's specification does not change: its posture is told once, when it comes. */
function postureMarks(seen: KubernetesObject, pod: PodIdentity): readonly Mark[] {
  const spec = object(seen.resource['spec']);
  if (spec === undefined || (seen.type !== 'ADDED' && seen.type !== 'LISTED')) return [];
  return podPosture(spec).map((posture) => ({
    rule: { ...posture, origin: 'posture' },
    class: 'context',
    summary: `${posture.title}: ${pod.namespace}/${pod.name}`,
  }));
}

function targetsOf(pod: PodIdentity): readonly Entity[] {
  const self = entity('pod', pod.uid);
  return pod.workload === undefined ? [self] : [self, workloadEntity(pod.workload)];
}
