/** Resource names whose kind is not their plural without an s. */
const kinds = new Map([
  ['pods', 'Pod'],
  ['deployments', 'Deployment'],
  ['daemonsets', 'DaemonSet'],
  ['statefulsets', 'StatefulSet'],
  ['replicasets', 'ReplicaSet'],
  ['replicationcontrollers', 'ReplicationController'],
  ['jobs', 'Job'],
  ['cronjobs', 'CronJob'],
  ['endpoints', 'Endpoints'],
]);

/** Kinds that own pods. */
const workloads: ReadonlySet<string> = new Set([
  'deployments',
  'daemonsets',
  'statefulsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
  'cronjobs',
]);

/** The kind of a workload resource: `deployments` is `Deployment`; undefined for other resources. */
export function workloadKind(resource: string | undefined): string | undefined {
  return resource !== undefined && workloads.has(resource) ? kinds.get(resource) : undefined;
}

/** One word for one thing of a resource: `pods` → `pod`, `networkpolicies` → `networkpolicy`. */
export function singular(resource: string): string {
  const kind = kinds.get(resource);
  if (kind !== undefined) return kind.toLowerCase();
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  if (resource.endsWith('sses')) return resource.slice(0, -2);
  return resource.length > 1 && resource.endsWith('s') ? resource.slice(0, -1) : resource;
}
