/** Kinds of resources that own pods, those of Kubernetes and of widespread controllers. */
const workloads = new Map([
  ['deployments', 'Deployment'],
  ['daemonsets', 'DaemonSet'],
  ['statefulsets', 'StatefulSet'],
  ['replicasets', 'ReplicaSet'],
  ['replicationcontrollers', 'ReplicationController'],
  ['jobs', 'Job'],
  ['cronjobs', 'CronJob'],
  ['workflows', 'Workflow'],
  ['cronworkflows', 'CronWorkflow'],
  ['rollouts', 'Rollout'],
  ['taskruns', 'TaskRun'],
  ['pipelineruns', 'PipelineRun'],
  ['clonesets', 'CloneSet'],
  ['sparkapplications', 'SparkApplication'],
]);

/** The kind of a workload resource: `deployments` is `Deployment`; undefined for other resources. */
export function workloadKind(resource: string | undefined): string | undefined {
  return resource === undefined ? undefined : workloads.get(resource);
}

const kinds: ReadonlySet<string> = new Set(workloads.values());

/** Whether a kind is that of a workload resource. */
export function isWorkloadKind(kind: string): boolean {
  return kinds.has(kind);
}

/** One word for one thing of a resource: `pods` → `pod`, `networkpolicies` → `networkpolicy`. */
export function singular(resource: string): string {
  if (resource === 'endpoints') return resource;
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  if (resource.endsWith('sses')) return resource.slice(0, -2);
  return resource.length > 1 && resource.endsWith('s') ? resource.slice(0, -1) : resource;
}
