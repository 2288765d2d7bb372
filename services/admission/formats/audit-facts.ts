import { entity } from '#shared/event/entity.ts';
import type { Description, FactDraft } from '#shared/event/format.ts';
import { parseImageReference } from '#shared/event/image.ts';
import { type JsonObject } from '#shared/event/json.ts';
import { podNameEntity, type Principal, workloadEntity } from '#shared/event/kubernetes.ts';
import { podDescriptions, podFacts, podLife } from '#shared/event/pod-facts.ts';
import { type PodIdentity, readPod } from '#shared/event/pod.ts';
import { imagesOf, podSpecOf } from '#shared/event/posture.ts';
import { object, text } from '#shared/event/read.ts';
import type { AuditEvent } from './audit-event.ts';
import { workloadKind } from './resource-kind.ts';

/** What an audit event says of identity beside the request itself. */
export interface AuditStatements {
  readonly facts: readonly FactDraft[];
  readonly descriptions: readonly Description[];
}

const nothing: AuditStatements = { facts: [], descriptions: [] };

/** Facts from the bearer of the token, from pods in bodies, and from the images of new workloads. */
export function auditStatements(audit: AuditEvent, principal: Principal, seen_ns: bigint): AuditStatements {
  const bearer = bearerFacts(audit, principal, seen_ns);
  if (audit.code !== undefined && audit.code >= 400)
    return bearer.length === 0 ? nothing : { facts: bearer, descriptions: [] };
  const pod = podIn(audit, principal);
  if (pod !== undefined) {
    const life = podLife(pod, seen_ns, audit.verb === 'delete' && pod.deleted_ns !== undefined);
    return { facts: [...bearer, ...podFacts(pod, life)], descriptions: podDescriptions(pod, life) };
  }
  const images = workloadFacts(audit, seen_ns);
  return bearer.length + images.length === 0 ? nothing : { facts: [...bearer, ...images], descriptions: [] };
}

/** A bound token names its pod and node; what is said of uids holds for good. */
function bearerFacts(audit: AuditEvent, principal: Principal, seen_ns: bigint): readonly FactDraft[] {
  const { bearer } = audit;
  if (bearer?.pod_uid === undefined || principal.kind !== 'serviceaccount') return [];
  const self = entity('pod', bearer.pod_uid);
  const facts: FactDraft[] = [
    { a: self, relation: 'runs_as', b: principal.entity, from_ns: 0n, confidence: 100 },
  ];
  if (bearer.node_name !== undefined) {
    const b = entity('node', bearer.node_name);
    facts.push({ a: self, relation: 'runs_on', b, from_ns: 0n, confidence: 100 });
  }
  if (bearer.pod_name !== undefined && principal.namespace !== undefined) {
    const a = podNameEntity(principal.namespace, bearer.pod_name);
    facts.push({ a, relation: 'is', b: self, from_ns: seen_ns, confidence: 100 });
  }
  return facts;
}

/** The pod in the response; else, in a status update, the one that the request describes in part. */
function podIn({ ref, request, response }: AuditEvent, principal: Principal): PodIdentity | undefined {
  if (ref.resource !== 'pods') return undefined;
  const answered = response === undefined || text(response['kind']) !== 'Pod' ? undefined : readPod(response);
  if (answered !== undefined) return answered;
  const status = object(request?.['status']);
  if (ref.subresource !== 'status' || request === undefined || status === undefined) return undefined;
  return readPod(patchedPod(request, status, ref, principal));
}

/** A kubelet's patch has the status alone; without the node's address it can't be told whose the pod's address is. */
function patchedPod(
  request: JsonObject,
  status: JsonObject,
  ref: AuditEvent['ref'],
  principal: Principal,
): JsonObject {
  const uid = ref.uid ?? text(object(request['metadata'])?.['uid']) ?? null;
  const { podIP: _, podIPs: __, ...rest } = status;
  return {
    metadata: {
      ...object(request['metadata']),
      uid,
      namespace: ref.namespace ?? null,
      name: ref.name ?? null,
    },
    // Only the kubelet of its node writes the status of a pod.
    spec: principal.kind === 'node' ? { nodeName: principal.name } : null,
    status: text(status['hostIP']) === undefined ? rest : status,
  };
}

/** The images that a new or changed workload asks for. */
function workloadFacts({ ref, request, verb }: AuditEvent, seen_ns: bigint): readonly FactDraft[] {
  const kind = workloadKind(ref.resource);
  const spec = request === undefined || verb === 'delete' ? undefined : podSpecOf(request);
  if (kind === undefined || spec === undefined || ref.namespace === undefined || ref.name === undefined)
    return [];
  const a = workloadEntity({ namespace: ref.namespace, kind, name: ref.name });
  return imagesOf(spec).flatMap((written) => {
    const image = parseImageReference(written);
    if (image === undefined) return [];
    const b =
      image.digest === undefined
        ? entity('image_reference', `${image.name}:${image.tag}`)
        : entity('image', image.digest);
    return [{ a, relation: 'uses', b, from_ns: seen_ns, confidence: 100 }];
  });
}
