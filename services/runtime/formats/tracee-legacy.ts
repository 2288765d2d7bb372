import { attackOfTags } from '#shared/event/attack.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { EcsProcess } from '#shared/event/ecs.ts';
import type { RecordContext } from '#shared/event/format.ts';
import { formatImageReference, normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import type { JsonObject, JsonValue } from '#shared/event/json.ts';
import { integer, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { nodeOfShipper, type Subject } from './subject.ts';
import { traceeLevel, type TraceeEvent, type TraceeThreat } from './tracee-event.ts';

/** Reads the flat schema that Tracee wrote until 2025. */
export function readLegacy(record: JsonObject, context: RecordContext): TraceeEvent {
  const time_ns = parseTime(record['timestamp']);
  const name = text(record['eventName']) ?? 'unknown';
  const args: Record<string, JsonValue> = {};
  for (const argument of objects(record['args'])) {
    const key = text(argument['name']);
    if (key !== undefined && key !== '__proto__') args[key] = argument['value'] ?? null;
  }
  return {
    time_ns,
    name,
    subject: subjectOf(record, context),
    process: processOf(record, args),
    args,
    return_value: integer(record['returnValue']),
    threat: threatOf(object(record['metadata']), name),
    policies: texts(record['matchedPolicies']),
    dedupe_key:
      time_ns === undefined
        ? undefined
        : `${time_ns}|${text(record['hostName'])}|${name}|${text(record['hostThreadId'])}|${text(record['processorId'])}|${text(record['returnValue'])}`,
    rest: {
      event_id: record['eventId'] ?? null,
      syscall: text(record['syscall']) ?? null,
      cgroup_id: record['cgroupId'] ?? null,
      metadata: record['metadata'] ?? null,
    },
  };
}

/** Inside a container `hostName` is the pod's; only without one is it the node's. */
function subjectOf(record: JsonObject, context: RecordContext): Subject {
  const container = object(record['container']);
  const kubernetes = object(record['kubernetes']);
  const id = parseContainerId(text(container?.['id']) ?? text(record['containerId']));
  return {
    container: id,
    container_name: text(container?.['name']) ?? text(record['containerName']),
    image: imageOf(
      text(container?.['image']) ?? text(record['containerImage']),
      text(container?.['imageDigest']),
    ),
    privileged: undefined,
    namespace: text(kubernetes?.['podNamespace']) ?? text(record['podNamespace']),
    pod_name: text(kubernetes?.['podName']) ?? text(record['podName']),
    pod_uid: text(kubernetes?.['podUID']) ?? text(record['podUID']),
    workload: undefined,
    node: id === undefined ? text(record['hostName']) : nodeOfShipper(context),
    cluster: undefined,
  };
}

function imageOf(name: string | undefined, digest: string | undefined): Subject['image'] {
  const image = parseImageReference(name);
  const found = normaliseDigest(digest);
  if (image === undefined || found === undefined || image.digest !== undefined) return image;
  return parseImageReference(`${formatImageReference(image)}@${found}`) ?? image;
}

function processOf(record: JsonObject, args: Readonly<Record<string, JsonValue>>): EcsProcess {
  const uid = integer(record['userId']);
  const parent = integer(record['hostParentProcessId']);
  const argv = texts(args['argv']);
  return {
    pid: integer(record['hostProcessId']) ?? integer(record['processId']),
    name: text(record['processName']),
    executable: text(object(record['executable'])?.['path']),
    args: argv,
    args_count: argv?.length,
    command_line: argv?.join(' '),
    user: uid === undefined ? undefined : { id: String(uid) },
    parent: parent === undefined ? undefined : { pid: parent },
  };
}

/** Only events of signatures have properties. */
function threatOf(metadata: JsonObject | undefined, name: string): TraceeThreat | undefined {
  const properties = object(metadata?.['Properties']);
  if (properties === undefined) return undefined;
  const mitre = text(text(properties['MITRE ATT&CK'])?.split(':', 1)[0]);
  const tags = [text(properties['external_id']), text(properties['Category']), mitre];
  return {
    id: text(properties['signatureID']) ?? name,
    title: text(properties['signatureName']) ?? name,
    description: text(metadata?.['Description']),
    level: traceeLevel(integer(properties['Severity'])),
    attack: attackOfTags(tags.filter((tag) => tag !== undefined)),
  };
}
