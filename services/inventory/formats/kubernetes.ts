import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, object, objects, text } from '#shared/event/read.ts';
import { assetDraft, type KubernetesObject, type WatchType } from './kubernetes-object.ts';
import { nodeFacts } from './node.ts';
import { podStatements } from './pod.ts';
import { bindingMarks } from './role-binding.ts';
import { serviceAccountFacts } from './service-account.ts';
import { serviceDescriptions } from './service.ts';
import { workloadFacts } from './workload.ts';

/**
 * Kubernetes objects as the API server gives them: alone, or as watch events. Lists are taken apart before. What they
 * say of identity becomes facts and descriptions; the objects themselves are not indexed.
 */
export const kubernetesObject: Format = { name: 'k8s-object', family: 'inventory', recognises, normalise };

const watchTypes: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  if (isWatchEvent(record)) return true;
  return isJsonObject(record['metadata']) && kindOf(record) !== undefined && !isReport(record);
}

/** Reports of policy engines and scanners are objects, too, but belong to other families. */
function isReport(record: JsonObject): boolean {
  const version = text(record['apiVersion']) ?? '';
  return (
    version.startsWith('audit.k8s.io/') || 'results' in record || 'report' in record || 'request' in record
  );
}

function isWatchEvent(record: JsonObject): boolean {
  const { type } = record;
  return typeof type === 'string' && watchTypes.has(type) && isJsonObject(record['object']);
}

/** The kind; of a Pod or Node without one (some exporters leave it out), by its shape. */
function kindOf(resource: JsonObject): string | undefined {
  const kind = text(resource['kind']);
  if (kind !== undefined) return text(resource['apiVersion']) === undefined ? undefined : kind;
  if (objects(at(resource, 'spec', 'containers')).length > 0) return 'Pod';
  return object(at(resource, 'status', 'nodeInfo')) === undefined ? undefined : 'Node';
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const wrapped = isWatchEvent(record);
  const type = wrapped ? watchTypeOf(text(record['type'])) : 'LISTED';
  const resource = wrapped ? object(record['object']) : record;
  // BOOKMARK and ERROR speak of the watch, not of an object.
  if (type === undefined) return { kind: 'drop', reason: 'k8s.watch_control' };
  const kind = resource === undefined ? undefined : kindOf(resource);
  if (resource === undefined || kind === undefined) return { kind: 'reject', reason: 'k8s.not_an_object' };
  const seen: KubernetesObject = { type, kind, resource, seen_ns: context.arrival_ns };
  return { kind: 'ok', drafts: [draftOf(seen)] };
}

function watchTypeOf(type: string | undefined): WatchType | undefined {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' ? type : undefined;
}

function draftOf(seen: KubernetesObject): Draft {
  switch (seen.kind) {
    case 'Pod':
      return assetDraft(seen, podStatements(seen));
    case 'ReplicaSet':
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
    case 'CronJob':
      return assetDraft(seen, { facts: workloadFacts(seen) });
    case 'Node':
      return assetDraft(seen, nodeFacts(seen));
    case 'Service':
      return assetDraft(seen, { descriptions: serviceDescriptions(seen) });
    case 'ServiceAccount':
      return assetDraft(seen, { facts: serviceAccountFacts(seen) });
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return assetDraft(seen, { marks: bindingMarks(seen) });
    default:
      return assetDraft(seen, {});
  }
}
