import { attackOfTags } from '#shared/event/attack.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { EcsProcess } from '#shared/event/ecs.ts';
import { baseName } from '#shared/event/file-path.ts';
import type { RecordContext } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, integer, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { nodeOfShipper, type Subject } from './subject.ts';
import { traceeLevel, type TraceeEvent, type TraceeThreat } from './tracee-event.ts';

/** Reads the `v1beta1` schema. Numbers come bare or as `{value}`, times as text or as seconds and nanos. */
export function readV1beta1(record: JsonObject, context: RecordContext): TraceeEvent {
  const time_ns = parseTime(record['timestamp']);
  const name = text(record['name']) ?? 'unknown';
  const workload = object(record['workload']);
  const args = argumentsOf(record['data']);
  const process = processOf(object(workload?.['process']), args);
  return {
    time_ns,
    name,
    subject: subjectOf(workload, context),
    process,
    args,
    return_value: integer(args['returnValue'] ?? args['return_value']),
    threat: threatOf(object(record['threat']), name),
    policies: texts(object(record['policies'])?.['matched']),
    dedupe_key:
      time_ns === undefined
        ? undefined
        : `${time_ns}|${text(record['id'])}|${name}|${process.entity_id}|${process.pid}|${process.thread?.id}`,
    rest: {
      event_id: record['id'] ?? null,
      detected_from: record['detected_from'] ?? null,
      threat: record['threat'] ?? null,
    },
  };
}

/** `data` is a list of a name and one typed value; lists are objects with a `value`. */
function argumentsOf(data: JsonValue | undefined): Record<string, JsonValue> {
  const args: Record<string, JsonValue> = {};
  for (const item of objects(data)) {
    const name = text(item['name']);
    if (name === undefined || name === '__proto__') continue;
    for (const key in item) {
      if (key !== 'name') args[name] = unwrapped(item[key]) ?? null;
    }
  }
  return args;
}

function unwrapped(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(value) && value['value'] !== undefined ? value['value'] : value;
}

function subjectOf(workload: JsonObject | undefined, context: RecordContext): Subject {
  const container = object(workload?.['container']);
  const image = object(container?.['image']);
  const pod = object(at(workload, 'k8s', 'pod'));
  const digest = texts(image?.['repo_digests'])?.map(normaliseDigest)[0];
  const named = parseImageReference(text(image?.['name']));
  return {
    container: parseContainerId(text(container?.['id'])),
    container_name: text(container?.['name']),
    image: named === undefined ? undefined : { ...named, digest: named.digest ?? digest },
    privileged: undefined,
    namespace: text(at(workload, 'k8s', 'namespace', 'name')),
    pod_name: text(pod?.['name']),
    pod_uid: text(pod?.['uid']),
    workload: undefined,
    node: nodeOfShipper(context),
    cluster: undefined,
  };
}

function processOf(process: JsonObject | undefined, args: Readonly<Record<string, JsonValue>>): EcsProcess {
  const executable = text(object(process?.['executable'])?.['path']);
  const thread = object(process?.['thread']);
  const uid = integer(unwrapped(object(process?.['real_user'])?.['id']));
  const [parent] = objects(process?.['ancestors']);
  const argv = texts(args['argv']);
  const thread_id = integer(unwrapped(thread?.['host_tid']));
  return {
    entity_id: text(unwrapped(process?.['unique_id'])),
    pid: integer(unwrapped(process?.['host_pid'])) ?? integer(unwrapped(process?.['pid'])),
    name: text(thread?.['name']) ?? baseName(executable),
    executable,
    args: argv,
    args_count: argv?.length,
    command_line: argv?.join(' '),
    thread: thread_id === undefined ? undefined : { id: thread_id, name: text(thread?.['name']) },
    user: uid === undefined ? undefined : { id: String(uid) },
    parent: parent === undefined ? undefined : parentOf(parent),
  };
}

function parentOf(parent: JsonObject): EcsProcess {
  return {
    entity_id: text(unwrapped(parent['unique_id'])),
    pid: integer(unwrapped(parent['host_pid'])) ?? integer(unwrapped(parent['pid'])),
    executable: text(object(parent['executable'])?.['path']),
  };
}

function threatOf(threat: JsonObject | undefined, name: string): TraceeThreat | undefined {
  if (threat === undefined) return undefined;
  const tags = [
    text(at(threat, 'mitre', 'technique', 'id')),
    text(at(threat, 'mitre', 'tactic', 'name')) ?? text(at(threat, 'mitre', 'tactic')),
  ];
  const severity = threat['severity'];
  return {
    id: name,
    title: text(threat['name']) ?? name,
    description: text(threat['description']),
    level: traceeLevel(integer(severity) ?? severity),
    attack: attackOfTags(tags.filter((tag) => tag !== undefined)),
  };
}
