import type { Kubernetes } from './ecs-extension.ts';

/** The field of Elastic Agent that names a workload of this kind; undefined for kinds that it has no field for. */
export function workloadField(kind: string, name: string): Kubernetes | undefined {
  switch (kind) {
    case 'Deployment':
      return { deployment: { name } };
    case 'ReplicaSet':
      return { replicaset: { name } };
    case 'DaemonSet':
      return { daemonset: { name } };
    case 'StatefulSet':
      return { statefulset: { name } };
    case 'Job':
      return { job: { name } };
    case 'CronJob':
      return { cronjob: { name } };
    default:
      return undefined;
  }
}
