import { epochNanos, nanoTime, type ScenarioRecord } from '../record.ts';
import type { Node, Pod, World } from '../world.ts';

type Role = ScenarioRecord['role'];

/** What a Falco rule saw. */
export interface FalcoAlert {
  readonly rule: string;
  readonly priority: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly process: string;
  readonly parent: string;
  readonly command_line: string;
  readonly event_type: string;
  readonly fields?: Readonly<Record<string, string | number>> | undefined;
}

/** A Falco alert, native or as falcosidekick sends it on. `evt.time` is a bare 64-bit integer, as Falco writes it. */
export function falcoAlert(
  world: World,
  pod: Pod,
  alert: FalcoAlert,
  time_ms: number,
  role: Role = 'benign',
): ScenarioRecord {
  const time = nanoTime(time_ms);
  const fields = {
    'container.id': pod.container_id.slice(0, 12),
    'container.image.repository': pod.image.repository,
    'container.image.tag': pod.image.tag,
    'container.name': pod.workload,
    'evt.type': alert.event_type,
    'k8s.ns.name': pod.namespace,
    'k8s.pod.name': pod.name,
    'proc.cmdline': alert.command_line,
    'proc.name': alert.process,
    'proc.pname': alert.parent,
    'user.name': 'root',
    'user.uid': 0,
    ...alert.fields,
  };
  const bySidekick = world.random() < 0.5;
  const record = {
    ...(bySidekick ? { uuid: world.uuid() } : {}),
    hostname: pod.node.name,
    output: `${time.slice(11, 29)}: ${alert.priority} ${alert.text} (process=${alert.process} parent=${alert.parent} command=${alert.command_line} container_id=${pod.container_id.slice(0, 12)} container_name=${pod.workload} k8s_pod_name=${pod.name} k8s_ns_name=${pod.namespace})`,
    output_fields: fields,
    priority: alert.priority,
    rule: alert.rule,
    source: 'syscall',
    tags: alert.tags,
    time,
  };
  const value = JSON.stringify(record).replace('"evt.type"', `"evt.time":${epochNanos(time_ms)},"evt.type"`);
  return { topic: 'raw.runtime', key: null, time_ms, value, role };
}

/** A Tetragon process_exec event. */
export function tetragonExec(
  world: World,
  pod: Pod,
  binary: string,
  argumentsText: string,
  time_ms: number,
  role: Role = 'benign',
): ScenarioRecord {
  const where = {
    pod: {
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      container: {
        id: `containerd://${pod.container_id}`,
        name: pod.workload,
        image: {
          id: `${pod.image.repository}@${pod.image.repository_digest}`,
          name: `${pod.image.repository}:${pod.image.tag}`,
        },
      },
      workload: pod.workload,
      workload_kind: 'Deployment',
    },
    docker: pod.container_id.slice(0, 31),
    parent_exec_id: Buffer.from(`${pod.node.name}:${pod.started_ms}000000:1`).toString('base64'),
  };
  return execOn(world, pod.node, [binary, argumentsText], where, time_ms, role);
}

/** A Tetragon process_exec event of a process that is in no pod: of the node, or of a container that Kubernetes does not know. */
export function nodeExec(
  world: World,
  node: Node,
  binary: string,
  argumentsText: string,
  time_ms: number,
  container_id: string | undefined,
  role: Role = 'benign',
): ScenarioRecord {
  const where = { docker: container_id?.slice(0, 31) };
  return execOn(world, node, [binary, argumentsText], where, time_ms, role);
}

function execOn(
  world: World,
  node: Node,
  [binary, argumentsText]: readonly [binary: string, argumentsText: string],
  where: object,
  time_ms: number,
  role: Role,
): ScenarioRecord {
  const pid = 1000 + Math.floor(world.random() * 60_000);
  const time = nanoTime(time_ms);
  const process = {
    exec_id: Buffer.from(`${node.name}:${epochNanos(time_ms)}:${pid}`).toString('base64'),
    pid,
    uid: 0,
    cwd: '/',
    binary,
    arguments: argumentsText,
    flags: 'execve rootcwd clone',
    start_time: time,
    auid: 4_294_967_295,
    ...where,
  };
  const value = JSON.stringify({ process_exec: { process }, node_name: node.name, time });
  return { topic: 'raw.runtime', key: null, time_ms, value, role };
}
