import type { ScenarioRecord } from './record.ts';
import { auditEvent, type Caller, podCaller, podObject } from './records/kubernetes.ts';
import { hubbleFlow } from './records/network.ts';
import { falcoAlert, tetragonExec } from './records/runtime.ts';
import { type Finding, trivyReport } from './records/scanner.ts';
import type { Pod, World } from './world.ts';

/** What is there before anything happens: the pods. */
export function inventoryRecords(world: World): readonly ScenarioRecord[] {
  return world.pods.map((pod, index) => podObject(pod, world, world.start_ms + index * 20));
}

const usualPeers: readonly (readonly [string, string, number])[] = [
  ['booking-web', 'seat-map', 8080],
  ['booking-web', 'query-api', 8080],
  ['booking-web', 'ledger-api', 8443],
  ['ledger-api', 'card-vault', 8443],
  ['query-api', 'index-builder', 9000],
  ['report-builder', 'query-api', 8080],
];

/** Outside services that workloads call every day. */
const usualOutside: readonly (readonly [string, string, number])[] = [
  ['mailer', '192.0.2.25', 587],
  ['ledger-api', '192.0.2.80', 443],
  ['index-builder', '192.0.2.99', 443],
];

const findings: readonly Finding[] = [
  {
    id: 'CVE-2023-42365',
    package: 'busybox',
    installed: '1.36.1-r5',
    fixed: '1.36.1-r19',
    severity: 'MEDIUM',
    title: 'busybox: use after free in awk',
    score: 5.5,
  },
  {
    id: 'CVE-2024-5535',
    package: 'libssl3',
    installed: '3.0.13-1',
    fixed: '3.0.14-1',
    severity: 'LOW',
    title: 'openssl: buffer over-read in SSL_select_next_proto',
    score: 3.7,
  },
];

const people: readonly Caller[] = ['mara.lind@example.com', 'tom.okafor@example.com'].map(
  (person, index) => ({
    username: `oidc:${person}`,
    groups: ['platform', 'system:authenticated'],
    source_ip: `10.30.0.2${index}`,
    user_agent: 'kubectl/v1.34.1 (linux/amd64) kubernetes/93248f9',
  }),
);

type Kind = (world: World, time_ms: number) => ScenarioRecord;

/** Kinds of benign records, weighted by how often they appear in the list. */
const kinds: readonly Kind[] = [
  eastWest,
  eastWest,
  eastWest,
  eastWest,
  northSouth,
  lease,
  lease,
  controllerRead,
  probe,
  scheduledWork,
  scheduledWork,
  personReads,
  operatorAlert,
  scan,
];

/** `count` records of ordinary life, spread over `duration_ms`. */
export function noiseRecords(world: World, count: number, duration_ms: number): readonly ScenarioRecord[] {
  return Array.from({ length: count }, () => {
    const time_ms = world.start_ms + Math.floor(world.random() * duration_ms);
    return world.pick(kinds)(world, time_ms);
  });
}

function eastWest(world: World, time_ms: number): ScenarioRecord {
  const [from, to, port] = world.pick(usualPeers);
  const destination = world.podOf(to);
  return hubbleFlow(world, world.podOf(from), { pod: destination, ip: destination.ip, port }, time_ms);
}

function northSouth(world: World, time_ms: number): ScenarioRecord {
  const [from, ip, port] = world.pick(usualOutside);
  return hubbleFlow(world, world.podOf(from), { ip, port }, time_ms);
}

function lease(world: World, time_ms: number): ScenarioRecord {
  const node = world.pick(world.nodes);
  const kubelet: Caller = {
    username: `system:node:${node.name}`,
    groups: ['system:nodes', 'system:authenticated'],
    source_ip: node.ip,
    user_agent: 'kubelet/v1.34.1 (linux/amd64) kubernetes/93248f9',
  };
  const call = {
    verb: 'update',
    resource: 'leases',
    namespace: 'kube-node-lease',
    name: node.name,
    code: 200,
  };
  return auditEvent(world, kubelet, call, time_ms);
}

function controllerRead(world: World, time_ms: number): ScenarioRecord {
  const store = podCaller(world.podOf('metrics-store'), 'metrics-store/2.55');
  return auditEvent(world, store, { verb: 'list', resource: 'pods', code: 200 }, time_ms);
}

function probe(world: World, time_ms: number): ScenarioRecord {
  return tetragonExec(world, world.pick(world.pods), '/bin/grpc_health_probe', '-addr=:8080', time_ms);
}

function scheduledWork(world: World, time_ms: number): ScenarioRecord {
  return tetragonExec(
    world,
    world.podOf('report-builder'),
    '/usr/bin/python3',
    '/app/report.py --daily',
    time_ms,
  );
}

function personReads(world: World, time_ms: number): ScenarioRecord {
  const pod: Pod = world.pick(world.pods);
  const call = {
    verb: 'get',
    resource: 'pods',
    namespace: pod.namespace,
    name: pod.name,
    subresource: 'log',
    code: 200,
  };
  return auditEvent(world, world.pick(people), call, time_ms);
}

/** Looks like an alert and is daily life: a monitoring pod that asks the API server. */
function operatorAlert(world: World, time_ms: number): ScenarioRecord {
  const pod = world.podOf('metrics-store');
  const alert = {
    rule: 'Contact K8S API Server From Container',
    priority: 'Notice',
    text: 'Unexpected connection to K8s API Server from container',
    tags: ['T1565', 'container', 'k8s', 'maturity_stable', 'mitre_discovery', 'network'],
    process: 'metrics-store',
    parent: 'containerd-shim',
    command_line: 'metrics-store --config /etc/metrics.yaml',
    event_type: 'connect',
    fields: { 'fd.name': `${pod.ip}:41000->10.96.0.1:443` },
  };
  return falcoAlert(world, pod, alert, time_ms);
}

function scan(world: World, time_ms: number): ScenarioRecord {
  return trivyReport(world, world.pick(world.pods), findings, time_ms);
}
