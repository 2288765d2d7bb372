import { parseContainerId } from '#shared/event/container.ts';
import type { EcsProcess } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { baseName } from '#shared/event/file-path.ts';
import type { RecordContext } from '#shared/event/format.ts';
import { parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import type { Workload } from '#shared/event/kubernetes.ts';
import { boolean, integer, object, text } from '#shared/event/read.ts';
import { timeField } from '#shared/event/time-field.ts';
import { splitArguments } from './arguments.ts';
import { rememberImages } from './container-image.ts';
import { nodeOfShipper, type Subject } from './subject.ts';

/** ECS fields of a Tetragon process. Arguments come as one string, quoted where they hold blanks. */
export function tetragonProcess(process: JsonObject): EcsProcess {
  const executable = text(process['binary']);
  const rest = text(process['arguments']);
  const args = executable === undefined ? undefined : [executable, ...splitArguments(rest)];
  const uid = integer(process['uid']);
  return {
    entity_id: text(process['exec_id']),
    pid: integer(process['pid']),
    name: baseName(executable),
    executable,
    args,
    args_count: args?.length,
    command_line: executable === undefined || rest === undefined ? executable : `${executable} ${rest}`,
    working_directory: text(process['cwd']),
    start: timeField(process['start_time']),
    thread: threadOf(process['tid']),
    user: uid === undefined ? undefined : { id: String(uid), name: text(object(process['user'])?.['name']) },
  };
}

function threadOf(tid: JsonValue | undefined): EcsProcess['thread'] {
  const id = integer(tid);
  return id === undefined ? undefined : { id };
}

/** Where a process runs. Without a pod only the truncated container id (`docker`) is known; without that it is the host. */
export function tetragonSubject(
  process: JsonObject | undefined,
  record: JsonObject,
  context: RecordContext,
): Subject {
  const pod = object(process?.['pod']);
  const container = object(pod?.['container']);
  const image = object(container?.['image']);
  const namespace = text(pod?.['namespace']);
  const container_id = text(container?.['id']) ?? text(process?.['docker']);
  return {
    container: parseContainerId(container_id),
    container_name: text(container?.['name']),
    image: imageOf(container_id, text(image?.['name']), text(image?.['id'])),
    privileged: boolean(object(container?.['security_context'])?.['privileged']),
    namespace,
    pod_name: text(pod?.['name']),
    pod_uid: text(pod?.['uid']),
    workload: pod === undefined ? undefined : workloadOf(pod, namespace),
    node: text(record['node_name']) ?? nodeOfShipper(context),
    cluster: text(record['cluster_name']),
  };
}

/** The name has the tag, the id the digest that the registry answered. */
const imageOf = rememberImages((name, id) => {
  const named = parseImageReference(name);
  const identified = parseImageReference(id);
  if (named === undefined || identified?.digest === undefined) return named ?? identified;
  return { ...named, digest: named.digest ?? identified.digest };
});

/** A bare pod and a static pod (owned by its node) are no workload. */
function workloadOf(pod: JsonObject, namespace: string | undefined): Workload | undefined {
  const kind = text(pod['workload_kind']);
  const name = text(pod['workload']);
  if (namespace === undefined || name === undefined) return undefined;
  return kind === undefined || kind === 'Pod' || kind === 'Node' ? undefined : { namespace, kind, name };
}

export function processEntity(process: JsonObject | undefined): Entity | undefined {
  const exec_id = text(process?.['exec_id']);
  return exec_id === undefined ? undefined : entity('process', exec_id);
}

/**
 * The parent, when what it started belongs to one deed: a shell, a session, a container's own processes. Init and the
 * daemons below it start everything on a host and connect nothing.
 */
export function meaningfulParent(parent: JsonValue | undefined): Entity | undefined {
  if (!isJsonObject(parent)) return undefined;
  const isContained = isJsonObject(parent['pod']) || text(parent['docker']) !== undefined;
  return isContained || !isDaemon(parent) ? processEntity(parent) : undefined;
}

function isDaemon(process: JsonObject): boolean {
  if (process['pid'] === 1 || process['pid'] === 0) return true;
  const parent = text(process['parent_exec_id']);
  return parent === undefined || pidOfExecId(parent) === '1';
}

/** An exec id is the base64 of `node:ns since boot:pid`. */
function pidOfExecId(exec_id: string): string {
  const decoded = Buffer.from(exec_id, 'base64').toString('latin1');
  return decoded.slice(decoded.lastIndexOf(':') + 1);
}

/** Whether `nsenter` enters the namespaces of the host's first process: from then on it acts on the node. */
export function entersHost(process: EcsProcess): boolean {
  if (process.name !== 'nsenter' || process.args === undefined) return false;
  return process.args.some(
    (argument, index) =>
      argument === '--target=1' ||
      argument === '-t1' ||
      ((argument === '-t' || argument === '--target') && process.args?.[index + 1] === '1'),
  );
}
