import { entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import { workloadEntity } from '#shared/event/kubernetes.ts';
import { workloadOf } from '#shared/event/pod.ts';
import { podSpecOf, serviceAccountOf } from '#shared/event/posture.ts';
import { object, text } from '#shared/event/read.ts';
import { type KubernetesObject, objectLife } from './kubernetes-object.ts';

/** A controller's own controller (ReplicaSet of a Deployment, Job of a CronJob), and the account of its pods. */
export function workloadFacts(seen: KubernetesObject): readonly FactDraft[] {
  const metadata = object(seen.resource['metadata']);
  const namespace = text(metadata?.['namespace']);
  const name = text(metadata?.['name']);
  if (metadata === undefined || namespace === undefined || name === undefined) return [];
  const self = workloadEntity({ namespace, kind: seen.kind, name });
  const { from_ns, to_ns } = objectLife(seen);
  const facts: FactDraft[] = [];
  const owner = workloadOf(metadata, namespace);
  if (owner !== undefined) {
    facts.push({ a: self, relation: 'part_of', b: workloadEntity(owner), from_ns, confidence: 100 });
  }
  const spec = podSpecOf(seen.resource);
  const account = spec === undefined ? undefined : (serviceAccountOf(spec) ?? 'default');
  if (account !== undefined) {
    const b = entity('serviceaccount', `${namespace}/${account}`);
    facts.push({ a: self, relation: 'runs_as', b, from_ns, to_ns, confidence: 100 });
  }
  return facts;
}
