import { nanoTime, type ScenarioRecord } from '../record.ts';
import type { Pod, World } from '../world.ts';

type Role = ScenarioRecord['role'];

function endpointOf(pod: Pod): Record<string, unknown> {
  return {
    ID: Number.parseInt(pod.uid.slice(0, 3), 16),
    identity: 10_000 + Number.parseInt(pod.uid.slice(0, 3), 16),
    cluster_name: 'default',
    namespace: pod.namespace,
    labels: [
      `k8s:app=${pod.workload}`,
      `k8s:io.cilium.k8s.policy.serviceaccount=${pod.service_account}`,
      `k8s:io.kubernetes.pod.namespace=${pod.namespace}`,
    ],
    pod_name: pod.name,
    workloads: [{ name: pod.workload, kind: 'Deployment' }],
  };
}

const world_endpoint = { identity: 2, labels: ['reserved:world'] };

/** Where a connection goes. */
export interface Destination {
  readonly pod?: Pod | undefined;
  readonly ip: string;
  readonly port: number;
}

/** A Hubble flow of the first packet of a connection from a pod. */
export function hubbleFlow(
  world: World,
  source: Pod,
  destination: Destination,
  time_ms: number,
  role: Role = 'benign',
): ScenarioRecord {
  const time = nanoTime(time_ms);
  const flow = {
    time,
    uuid: world.uuid(),
    verdict: 'FORWARDED',
    IP: { source: source.ip, destination: destination.ip, ipVersion: 'IPv4' },
    l4: {
      TCP: {
        source_port: 32_768 + Math.floor(world.random() * 28_000),
        destination_port: destination.port,
        flags: { SYN: true },
      },
    },
    source: endpointOf(source),
    destination: destination.pod === undefined ? world_endpoint : endpointOf(destination.pod),
    Type: 'L3_L4',
    node_name: source.node.name,
    is_reply: false,
    event_type: { type: 4, sub_type: 3 },
    traffic_direction: 'EGRESS',
    trace_observation_point: 'TO_STACK',
    socket_cookie: String(Math.floor(world.random() * 10_000_000)),
    Summary: 'TCP Flags: SYN',
  };
  return {
    topic: 'raw.network',
    key: null,
    time_ms,
    value: JSON.stringify({ flow, node_name: source.node.name, time }),
    role,
  };
}
