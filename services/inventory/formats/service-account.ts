import { entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import { object, own, text } from '#shared/event/read.ts';
import { type KubernetesObject, objectLife } from './kubernetes-object.ts';

/** Annotations by which clouds give a service account an identity of theirs. */
const cloudIdentities = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
];

/** A service account that may act as a cloud identity. */
export function serviceAccountFacts(seen: KubernetesObject): readonly FactDraft[] {
  const metadata = object(seen.resource['metadata']);
  const annotations = object(metadata?.['annotations']);
  const name = text(metadata?.['name']);
  const namespace = text(metadata?.['namespace']);
  if (annotations === undefined || name === undefined || namespace === undefined) return [];
  const b = entity('serviceaccount', `${namespace}/${name}`);
  const life = objectLife(seen);
  return cloudIdentities.flatMap((annotation) => {
    const identity = text(own(annotations, annotation));
    if (identity === undefined) return [];
    return [{ a: entity('user', identity.toLowerCase()), relation: 'is', b, ...life, confidence: 80 }];
  });
}
