import { microTime, type ScenarioRecord } from '../record.ts';
import type { Pod, World } from '../world.ts';

type Role = ScenarioRecord['role'];

const second = (time_ms: number): string => new Date(time_ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** A watch event of a running pod. */
export function podObject(pod: Pod, world: World, time_ms: number): ScenarioRecord {
  const { image } = pod;
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: second(pod.started_ms),
      generateName: `${pod.replica_set}-`,
      labels: { app: pod.workload, 'pod-template-hash': pod.pod_template_hash },
      name: pod.name,
      namespace: pod.namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: pod.replica_set,
          uid: world.uuid(),
          controller: true,
        },
      ],
      resourceVersion: String(1_000_000 + Math.floor(world.random() * 1_000_000)),
      uid: pod.uid,
    },
    spec: {
      containers: [
        {
          image: `${image.repository}:${image.tag}`,
          name: pod.workload,
          ports: [{ containerPort: 8080, protocol: 'TCP' }],
        },
      ],
      nodeName: pod.node.name,
      serviceAccountName: pod.service_account,
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          containerID: `containerd://${pod.container_id}`,
          image: `${image.repository}:${image.tag}`,
          imageID: `${image.repository}@${image.repository_digest}`,
          name: pod.workload,
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: second(pod.started_ms + 2000) } },
        },
      ],
      hostIP: pod.node.ip,
      podIP: pod.ip,
      podIPs: [{ ip: pod.ip }],
      startTime: second(pod.started_ms),
    },
  };
  return {
    topic: 'raw.inventory',
    key: pod.uid,
    time_ms,
    value: JSON.stringify({ type: 'ADDED', object }),
    role: 'benign',
  };
}

/** Who calls the API server. */
export interface Caller {
  readonly username: string;
  readonly groups: readonly string[];
  readonly source_ip: string;
  readonly user_agent: string;
  /** Set when a pod's own token is used. */
  readonly pod?: Pod | undefined;
}

export function podCaller(pod: Pod, user_agent: string): Caller {
  return {
    username: `system:serviceaccount:${pod.namespace}:${pod.service_account}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${pod.namespace}`, 'system:authenticated'],
    source_ip: pod.ip,
    user_agent,
    pod,
  };
}

/** What is asked of the API server. */
export interface Call {
  /** API group; the core group without it. */
  readonly group?: string | undefined;
  /** What was sent, where the audit policy keeps it. */
  readonly object?: object | undefined;
  readonly verb: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly query?: string | undefined;
  readonly code: number;
}

/** A Kubernetes audit event at its final stage. */
export function auditEvent(
  world: World,
  caller: Caller,
  call: Call,
  time_ms: number,
  role: Role = 'benign',
): ScenarioRecord {
  const allowed = call.code < 400;
  const path = [
    call.group === undefined ? '/api/v1' : `/apis/${call.group}/v1`,
    ...(call.namespace === undefined ? [] : ['namespaces', call.namespace]),
    call.resource,
    ...(call.name === undefined ? [] : [call.name]),
    ...(call.subresource === undefined ? [] : [call.subresource]),
  ].join('/');
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: call.object === undefined ? 'Metadata' : 'RequestResponse',
    auditID: world.uuid(),
    stage: call.code === 101 ? 'ResponseStarted' : 'ResponseComplete',
    requestURI: call.query === undefined ? path : `${path}?${call.query}`,
    verb: call.verb,
    user: {
      username: caller.username,
      groups: caller.groups,
      ...(caller.pod === undefined ? {} : { extra: bearerOf(caller.pod) }),
    },
    sourceIPs: [caller.source_ip],
    userAgent: caller.user_agent,
    objectRef: {
      resource: call.resource,
      namespace: call.namespace,
      name: call.name,
      apiGroup: call.group,
      apiVersion: 'v1',
      subresource: call.subresource,
    },
    requestObject: call.object,
    responseStatus: allowed
      ? { metadata: {}, code: call.code }
      : {
          metadata: {},
          status: 'Failure',
          message: `${call.resource} is forbidden: User "${caller.username}" cannot ${call.verb} resource "${call.resource}"`,
          reason: 'Forbidden',
          code: call.code,
        },
    requestReceivedTimestamp: microTime(time_ms),
    stageTimestamp: microTime(time_ms + 4),
    annotations: {
      'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid',
      'authorization.k8s.io/reason': '',
    },
  };
  return { topic: 'raw.admission', key: null, time_ms, value: JSON.stringify(event), role };
}

function bearerOf(pod: Pod): Record<string, readonly string[]> {
  return {
    'authentication.kubernetes.io/node-name': [pod.node.name],
    'authentication.kubernetes.io/pod-name': [pod.name],
    'authentication.kubernetes.io/pod-uid': [pod.uid],
  };
}
