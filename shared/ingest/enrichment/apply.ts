import type { ContextInterval } from '#shared/context/port.ts';
import type { BreakwaterExtension, Kubernetes, PodReference } from '#shared/event/ecs-extension.ts';
import type { EcsContainer, EcsDocument } from '#shared/event/ecs.ts';
import { formatTime } from '#shared/event/time.ts';
import { workloadField } from '#shared/event/workload-field.ts';
import type { Lookup, Role } from './lookups.ts';

/** What the context store knew for a lookup. */
export interface Answer {
  readonly lookup: Lookup;
  readonly interval: ContextInterval;
}

type Known = Readonly<Record<string, string>>;

/**
 * Writes the answers into a document. What the tool said stays; what was found says how and how surely in
 * `breakwater.identity`, and so does what was not found.
 */
export function applyAnswers(
  document: EcsDocument,
  lookups: readonly Lookup[],
  answers: readonly Answer[],
): void {
  const subject = first(answers, 'subject');
  if (subject !== undefined) applySubject(document, subject);
  else if (lookups.some(({ role }) => role === 'subject')) sayUnresolved(document);
  applyEnd(document, 'source', answers, lookups);
  applyEnd(document, 'destination', answers, lookups);
  applyImage(document, answers);
}

function first(answers: readonly Answer[], role: Role): Answer | undefined {
  return answers.find(({ lookup }) => lookup.role === role);
}

function applySubject(document: EcsDocument, { lookup, interval }: Answer): void {
  const known = interval.value;
  document.kubernetes = kubernetesOf(document.kubernetes, known);
  if (lookup.method === 'container_id') document.container = containerOf(document.container, known);
  if (document.orchestrator?.resource === undefined) {
    document.orchestrator = {
      type: 'kubernetes',
      ...document.orchestrator,
      namespace: document.orchestrator?.namespace ?? known['namespace'],
      resource: { type: 'pod', name: known['pod_name'], id: known['pod_uid'] },
    };
  }
  if (document.host?.name === undefined && known['node'] !== undefined) {
    document.host = { ...document.host, name: known['node'] };
  }
  extensionOf(document).identity = {
    method: lookup.method,
    confidence: lookup.confidence,
    as_of: formatTime(interval.from_ns),
    workload:
      known['workload_name'] === undefined
        ? undefined
        : { kind: known['workload_kind'], name: known['workload_name'], namespace: known['namespace'] },
  };
}

/** The tool may have named the pod itself. */
function sayUnresolved(document: EcsDocument): void {
  const told = document.kubernetes?.pod?.uid !== undefined;
  const identity = told ? { method: 'tool', confidence: 100 } : { method: 'unresolved', confidence: 0 };
  extensionOf(document).identity = identity;
}

/** Where enrichment writes; every event has its own. */
export function extensionOf(document: EcsDocument): BreakwaterExtension {
  document.breakwater ??= {};
  return document.breakwater;
}

function kubernetesOf(said: Kubernetes | undefined, known: Known): Kubernetes {
  const { workload_kind, workload_name, node, service_account } = known;
  return {
    ...(workload_kind === undefined || workload_name === undefined
      ? undefined
      : workloadField(workload_kind, workload_name)),
    ...said,
    namespace: said?.namespace ?? known['namespace'],
    pod: {
      ...said?.pod,
      name: said?.pod?.name ?? known['pod_name'],
      uid: said?.pod?.uid ?? known['pod_uid'],
    },
    container: said?.container ?? named(known['container_name']),
    node: said?.node ?? named(node),
    serviceaccount: said?.serviceaccount ?? named(service_account),
  };
}

function named(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}

function containerOf(said: EcsContainer | undefined, known: Known): EcsContainer {
  const digests = known['image_digests']?.split(',') ?? [];
  const all = [...new Set([...(said?.image?.hash?.all ?? []), ...digests])];
  const tag = known['image_tag'];
  return {
    ...said,
    id: known['container_id'] ?? said?.id,
    name: said?.name ?? known['container_name'],
    runtime: said?.runtime ?? known['container_runtime'],
    image: {
      name: said?.image?.name ?? known['image_name'],
      tag: said?.image?.tag ?? (tag === undefined ? undefined : [tag]),
      hash: all.length === 0 ? undefined : { all },
    },
  };
}

/** An end of a connection becomes a pod, a node or a service, as far as its address or name was known then. */
function applyEnd(
  document: EcsDocument,
  role: 'source' | 'destination',
  answers: readonly Answer[],
  lookups: readonly Lookup[],
): void {
  const member = role === 'source' ? 'source_pod' : 'destination_pod';
  const answer = first(answers, role);
  if (answer === undefined) {
    if (lookups.some((lookup) => lookup.role === role && lookup.method === 'ip')) {
      sayEnd(document, member, { ...document.breakwater?.[member], method: 'unresolved', confidence: 0 });
    }
    return;
  }
  const known = answer.interval.value;
  const said = document.breakwater?.[member];
  sayEnd(document, member, {
    ...said,
    namespace: said?.namespace ?? known['namespace'],
    name: said?.name ?? known['pod_name'],
    uid: said?.uid ?? known['pod_uid'],
    workload: said?.workload ?? known['workload_name'],
    serviceaccount: said?.serviceaccount ?? known['service_account'],
    node: said?.node ?? known['node'],
    service: known['service'],
    method: answer.lookup.method,
    confidence: answer.lookup.confidence,
  });
}

function sayEnd(document: EcsDocument, member: 'source_pod' | 'destination_pod', pod: PodReference): void {
  extensionOf(document)[member] = pod;
}

/** What scans and signatures say of the image; later answers (other digests of it) add to earlier ones. */
function applyImage(document: EcsDocument, answers: readonly Answer[]): void {
  let image: Record<string, string> | undefined;
  for (const { lookup, interval } of answers) {
    if (lookup.role === 'image') image = { ...interval.value, ...image };
  }
  if (image === undefined) return;
  const extension = extensionOf(document);
  extension.image = { ...image, ...extension.image };
}
