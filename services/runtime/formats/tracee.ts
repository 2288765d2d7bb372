import { addressEntity, connectionEntity } from '#shared/event/address.ts';
import { threatOf } from '#shared/event/attack.ts';
import type { EcsFile, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { fileAt } from '#shared/event/file-path.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import type { Activity } from './activity.ts';
import { ruleSlug } from './rule-slug.ts';
import { subjectEntities, subjectFacts, subjectFields, subjectText } from './subject.ts';
import { kernelActivity } from './tetragon-activity.ts';
import type { TraceeEvent } from './tracee-event.ts';
import { readLegacy } from './tracee-legacy.ts';
import { type TraceeNetwork, traceeNetwork } from './tracee-network.ts';
import { readV1beta1 } from './tracee-v1beta1.ts';

/** Events of Tracee, in its flat schema and in `v1beta1`. */
export const tracee: Format = { name: 'tracee', family: 'runtime', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && (isLegacy(record) || isV1beta1(record));
}

function isLegacy(record: JsonObject): boolean {
  return (
    typeof record['eventName'] === 'string' &&
    record['timestamp'] !== undefined &&
    record['hostProcessId'] !== undefined &&
    isList(record['args'])
  );
}

function isV1beta1(record: JsonObject): boolean {
  return (
    isJsonObject(record['workload']) &&
    typeof record['name'] === 'string' &&
    record['timestamp'] !== undefined &&
    (isList(record['data']) || isJsonObject(record['policies']) || isJsonObject(record['threat']))
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const event = isLegacy(record) ? readLegacy(record, context) : readV1beta1(record, context);
  return { kind: 'ok', drafts: [draftOf(event, context)] };
}

function draftOf(event: TraceeEvent, context: RecordContext): Draft {
  const network = traceeNetwork(event.name, event.args);
  const mark = event.threat === undefined ? undefined : threatMark(event.threat);
  return {
    time_ns: event.time_ns,
    dataset: 'tracee.events',
    dedupe_key: event.dedupe_key,
    document: documentOf(event, network, mark),
    actors: actorsOf(event, network),
    targets: targetsOf(network),
    marks: mark === undefined ? undefined : [mark],
    facts: subjectFacts(event.subject, event.time_ns ?? context.arrival_ns),
  };
}

function threatMark(threat: NonNullable<TraceeEvent['threat']>): Mark {
  return {
    rule: { id: `tracee/${ruleSlug(threat.id)}`, title: threat.title, level: threat.level, origin: 'tool' },
    tactics: threat.attack.tactics,
    techniques: threat.attack.techniques,
  };
}

const started: Activity = { category: ['process'], type: ['start'] };
const ended: Activity = { category: ['process'], type: ['end'] };
const fileChanged: Activity = { category: ['file'], type: ['change'] };
const fileRead: Activity = { category: ['file'], type: ['access'] };

const activities: ReadonlyMap<string, Activity> = new Map([
  ['sched_process_exec', started],
  ['sched_process_fork', started],
  ['execve', started],
  ['execveat', started],
  ['security_bprm_check', started],
  ['sched_process_exit', ended],
  ['magic_write', fileChanged],
  ['vfs_write', fileChanged],
  ['vfs_writev', fileChanged],
  ['file_modification', fileChanged],
  ['vfs_read', fileRead],
  ['vfs_readv', fileRead],
]);

function activityOf(event: TraceeEvent, network: TraceeNetwork | undefined): Activity {
  const activity = network?.activity ?? activities.get(event.name) ?? kernelActivity(event.name, undefined);
  if (event.threat === undefined) return activity;
  return {
    category: [...activity.category, 'intrusion_detection'],
    type: [...new Set([...activity.type, 'info'])],
  };
}

function documentOf(
  event: TraceeEvent,
  network: TraceeNetwork | undefined,
  mark: Mark | undefined,
): ToolDocument<'tracee'> {
  const { subject, process, threat, return_value } = event;
  const activity = activityOf(event, network);
  return {
    message: sentence(event, network),
    event: {
      kind: threat === undefined ? 'event' : 'alert',
      category: activity.category,
      type: activity.type,
      action: event.name,
      outcome: return_value === undefined ? undefined : return_value < 0 ? 'failure' : 'success',
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      module: 'tracee',
    },
    observer: { product: 'tracee', vendor: 'Aqua Security', type: 'sensor', hostname: subject.node },
    rule:
      threat === undefined
        ? undefined
        : { id: threat.id, name: threat.title, description: threat.description, ruleset: 'tracee' },
    threat: threat === undefined ? undefined : threatOf(threat.attack),
    ...subjectFields(subject),
    process,
    user: process.user,
    file: fileOf(event),
    source: network?.source,
    destination: network?.destination,
    network: networkFields(network),
    dns: network?.dns,
    tracee: {
      ...event.rest,
      policies: event.policies,
      args: network?.dns === undefined ? event.args : undefined,
      return_value,
    },
  };
}

function networkFields(network: TraceeNetwork | undefined): ToolDocument<'tracee'>['network'] {
  if (network === undefined) return undefined;
  return {
    transport: network.transport,
    protocol: network.protocol,
    type: addressFamily(network.destination?.ip ?? network.source?.ip),
  };
}

function fileOf(event: TraceeEvent): EcsFile | undefined {
  const path = text(event.args['pathname']) ?? text(event.args['file_path']);
  if (path === undefined || !path.startsWith('/')) return undefined;
  return { ...fileAt(path), size: integer(event.args['size']) };
}

function actorsOf(event: TraceeEvent, network: TraceeNetwork | undefined): Entity[] {
  const { subject, process } = event;
  const actors = subjectEntities(subject);
  const where = subject.container?.id12 ?? subject.node;
  if (process.pid !== undefined && where !== undefined) {
    actors.unshift(entity('process', `${where}/${process.pid}`));
  }
  if (subject.container === undefined && subject.pod_name === undefined && subject.node !== undefined) {
    actors.push(entity('node', subject.node));
  }
  const connection =
    network?.transport === undefined
      ? undefined
      : connectionEntity(network.transport, network.source ?? {}, network.destination ?? {});
  if (connection !== undefined) actors.push(connection);
  return actors;
}

function targetsOf(network: TraceeNetwork | undefined): Entity[] {
  const target = addressEntity(network?.destination?.ip);
  return target === undefined ? [] : [target];
}

/** `TRC-2 Anti-Debugging: strace (pid 4711) in pod shop/cart-0`. */
function sentence(event: TraceeEvent, network: TraceeNetwork | undefined): string {
  const { process, threat, subject, name } = event;
  const who = process.command_line ?? process.name ?? process.executable ?? 'A process';
  const where = subjectText(subject);
  if (threat !== undefined) return `${threat.title}: ${who}${where}`;
  const question = network?.dns?.question?.name;
  const label = question ?? network?.destination?.ip ?? fileOf(event)?.path;
  return `${who}: ${name}${label === undefined ? '' : ` (${label})`}${where}`;
}
