import { addressEntity, connectionEntity } from '#shared/event/address.ts';
import { threatOf } from '#shared/event/attack.ts';
import type { EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, FactDraft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, object, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { readTimeField } from '#shared/event/time-field.ts';
import { ever_ns, parseTime } from '#shared/event/time.ts';
import {
  isInPod,
  partOf,
  type Subject,
  subjectEntities,
  subjectFacts,
  subjectFields,
  subjectText,
} from './subject.ts';
import { returnValue } from './tetragon-arguments.ts';
import { type Details, detailsOf, type ProcessKind } from './tetragon-details.ts';
import { policyVerdict } from './tetragon-policy.ts';
import {
  entersHost,
  meaningfulParent,
  processEntity,
  tetragonProcess,
  tetragonSubject,
} from './tetragon-process.ts';
import { sensorDraft, type SensorKind } from './tetragon-sensor.ts';

/** Events of Tetragon as its export writes them: protojson, one kind of event a record. */
export const tetragon: Format = { name: 'tetragon', family: 'runtime', recognises, normalise };

type Kind = ProcessKind | SensorKind | 'test';

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['process_exec', 'process_exec'],
  ['process_exit', 'process_exit'],
  ['process_kprobe', 'process_kprobe'],
  ['process_lsm', 'process_lsm'],
  ['process_tracepoint', 'process_tracepoint'],
  ['process_uprobe', 'process_uprobe'],
  ['process_usdt', 'process_usdt'],
  ['process_loader', 'process_loader'],
  ['process_connect', 'process_connect'],
  ['process_accept', 'process_accept'],
  ['process_listen', 'process_listen'],
  ['process_close', 'process_close'],
  ['process_dns', 'process_dns'],
  ['process_throttle', 'process_throttle'],
  ['rate_limit_info', 'rate_limit_info'],
  ['test', 'test'],
]);

/** A record has one kind of event and a few fields of its own; anything larger is someone else's. */
const record_keys_max = 12;

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && kindOf(record) !== undefined;
}

function kindOf(record: JsonObject): Kind | undefined {
  let looked = 0;
  for (const key in record) {
    const kind = kinds.get(key);
    if (kind !== undefined && isJsonObject(record[key])) {
      return kind === 'test' && record['node_name'] === undefined ? undefined : kind;
    }
    if (++looked === record_keys_max) return undefined;
  }
  return undefined;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const kind = kindOf(record);
  const event = kind === undefined ? undefined : record[kind];
  if (kind === undefined || !isJsonObject(event)) return { kind: 'reject', reason: 'tetragon.no_event' };
  if (kind === 'test') return { kind: 'drop', reason: 'tetragon.test_event' };
  const draft =
    kind === 'process_throttle' || kind === 'rate_limit_info'
      ? sensorDraft(kind, event, record)
      : processDraft(kind, event, record, context);
  return { kind: 'ok', drafts: [draft] };
}

/** The parts of one event, read once. */
interface TetragonEvent {
  readonly kind: ProcessKind;
  readonly event: JsonObject;
  readonly raw_process: JsonObject | undefined;
  readonly process: EcsProcess;
  readonly process_entity: Entity | undefined;
  readonly parent_entity: Entity | undefined;
  readonly subject: Subject;
  readonly details: Details;
  readonly time_ns: bigint | undefined;
}

function processDraft(
  kind: ProcessKind,
  event: JsonObject,
  record: JsonObject,
  context: RecordContext,
): Draft {
  const raw_process = object(event['process']);
  const process = tetragonProcess(raw_process ?? {});
  const subject = tetragonSubject(raw_process, record, context);
  const details = detailsOf(kind, event);
  const time_ns = parseTime(record['time']) ?? parseTime(raw_process?.['start_time']);
  const parts: TetragonEvent = {
    kind,
    event,
    raw_process,
    process,
    process_entity: processEntity(raw_process),
    parent_entity: meaningfulParent(event['parent']),
    subject,
    details,
    time_ns,
  };
  const connection = connectionOf(details);
  const verdict = policyVerdict(event);
  return {
    time_ns,
    dataset: 'tetragon.events',
    dedupe_key:
      process.entity_id === undefined || time_ns === undefined
        ? undefined
        : `${kind}|${process.entity_id}|${time_ns}|${details.action}`,
    document: documentOf(parts, verdict, record),
    actors: actorsOf(parts, connection),
    targets: targetsOf(parts),
    marks: verdict === undefined ? undefined : [verdict.mark],
    facts: factsOf(parts, connection, context),
  };
}

function documentOf(
  parts: TetragonEvent,
  verdict: ReturnType<typeof policyVerdict>,
  record: JsonObject,
): ToolDocument<'tetragon'> {
  const { details, event, subject, process, kind } = parts;
  const returned = returnValue(event);
  const place = subjectFields(subject);
  return {
    message: sentence(parts, verdict?.policy),
    event: {
      kind: verdict?.enforced === true ? 'alert' : 'event',
      category: details.activity.category,
      type: details.activity.type,
      action: details.action,
      outcome: returned === undefined ? undefined : returned < 0 ? 'failure' : 'success',
      severity: verdict === undefined ? undefined : severityOf(verdict.mark.rule.level),
      module: 'tetragon',
      provider: kind,
    },
    observer: { product: 'tetragon', vendor: 'Cilium', type: 'sensor', hostname: subject.node },
    rule: verdict === undefined ? undefined : { name: verdict.policy, ruleset: 'tetragon' },
    threat: verdict === undefined ? undefined : threatOf(verdict.attack),
    host: place.host,
    container: place.container,
    orchestrator: place.orchestrator,
    kubernetes: place.kubernetes,
    process: withParent(parts),
    user: process.user,
    file: details.file,
    source: details.source,
    destination: details.destination,
    network:
      details.destination === undefined && details.source === undefined
        ? undefined
        : {
            transport: details.transport,
            type: addressFamily(details.destination?.ip ?? details.source?.ip),
          },
    tetragon: toolFields(parts, record),
  };
}

/** protojson leaves zero out: an exit without `status` and `signal` is exit code 0. */
function withParent(parts: TetragonEvent): EcsProcess {
  const { event, process } = parts;
  const raw_parent = object(event['parent']);
  const parent = raw_parent === undefined ? undefined : tetragonProcess(raw_parent);
  // Nobody else holds it yet.
  process.parent = parent;
  if (parts.kind !== 'process_exit') return process;
  const wasKilled = text(event['signal']) !== undefined;
  process.end = readTimeField(parts.time_ns);
  process.exit_code = integer(event['status']) ?? (wasKilled ? undefined : 0);
  return process;
}

function connectionOf(details: Details): Entity | undefined {
  const { source, destination, transport } = details;
  if (source === undefined || destination === undefined || transport === undefined) return undefined;
  return connectionEntity(transport, source, destination);
}

/** The process, what started it, its container and pod, or the node where no pod is known; and the connection. */
function actorsOf(parts: TetragonEvent, connection: Entity | undefined): Entity[] {
  const { process_entity, parent_entity, subject, details } = parts;
  const actors: Entity[] = process_entity === undefined ? [] : [process_entity];
  if (parent_entity !== undefined) actors.push(parent_entity);
  const where = subjectEntities(subject);
  actors.push(...where);
  if (!isInPod(subject) && subject.node !== undefined) actors.push(entity('node', subject.node));
  if (connection !== undefined) actors.push(connection);
  const caller = details.is_inbound === true ? addressEntity(details.source?.ip) : undefined;
  if (caller?.startsWith('external:') === true) actors.push(caller);
  return actors;
}

function targetsOf(parts: TetragonEvent): Entity[] {
  const { details, process, subject } = parts;
  const targets: Entity[] = [];
  const called = details.is_inbound === true ? undefined : addressEntity(details.destination?.ip);
  if (called !== undefined) targets.push(called);
  if (subject.container !== undefined && subject.node !== undefined && entersHost(process)) {
    targets.push(entity('node', subject.node));
  }
  return targets;
}

/** Executions tell who started whom, and where; connections tell whose they are. */
function factsOf(
  parts: TetragonEvent,
  connection: Entity | undefined,
  context: RecordContext,
): FactDraft[] | undefined {
  const { kind, raw_process, process_entity, parent_entity, subject } = parts;
  const container = subject.container?.entity;
  if (connection !== undefined && container !== undefined) {
    const from_ns = parts.time_ns ?? context.arrival_ns;
    return [{ a: connection, relation: 'part_of', b: container, from_ns, confidence: 100 }];
  }
  if (kind !== 'process_exec' || process_entity === undefined) return undefined;
  const started = parseTime(object(object(raw_process?.['pod'])?.['container'])?.['start_time']);
  const facts = subjectFacts(subject, started ?? parts.time_ns ?? context.arrival_ns);
  if (container !== undefined) facts.push(partOf(process_entity, container));
  if (parent_entity !== undefined) {
    facts.push({
      a: parent_entity,
      relation: 'spawned',
      b: process_entity,
      from_ns: ever_ns,
      confidence: 100,
    });
  }
  return facts;
}

/** What Tetragon said beyond ECS. Environment variables stay in the original, where secrets are looked for. */
function toolFields(parts: TetragonEvent, record: JsonObject): ToolDocument<'tetragon'>['tetragon'] {
  const { event, raw_process, kind } = parts;
  return {
    type: kind,
    flags: raw_process?.['flags'],
    auid: loginUser(raw_process),
    cap: raw_process?.['cap'],
    ns: raw_process?.['ns'],
    pod_labels: object(raw_process?.['pod'])?.['pod_labels'],
    in_init_tree: raw_process?.['in_init_tree'],
    exec_probe: object(object(raw_process?.['pod'])?.['container'])?.['maybe_exec_probe'],
    binary_properties: raw_process?.['binary_properties'],
    process_credentials: raw_process?.['process_credentials'],
    parent_exec_id: raw_process?.['parent_exec_id'],
    policy_name: event['policy_name'],
    action: event['action'],
    return_action: event['return_action'],
    args: event['args'],
    return: event['return'],
    tags: event['tags'],
    message: event['message'],
    signal: event['signal'],
    status: event['status'],
    symbol: event['symbol'],
    cluster_name: record['cluster_name'],
  };
}

/** 4294967295 is unset. */
function loginUser(process: JsonObject | undefined): number | undefined {
  const auid = integer(process?.['auid']);
  return auid === 4_294_967_295 ? undefined : auid;
}

/** `/bin/vi /etc/passwd called security_file_permission (/etc/passwd) in pod default/x, policy file-monitoring`. */
function sentence(parts: TetragonEvent, policy: string | undefined): string {
  const { details, process, subject, event } = parts;
  const who = process.command_line ?? 'A process';
  const by = policy === undefined ? '' : `, policy ${policy}`;
  return `${who} ${deed(parts.kind, details, event)}${subjectText(subject)}${by}`;
}

function deed(kind: ProcessKind, details: Details, event: JsonObject): string {
  const { destination, label, action } = details;
  if (kind === 'process_exec') return 'started';
  if (kind === 'process_exit') {
    const signal = text(event['signal']);
    return signal === undefined ? `ended with status ${integer(event['status']) ?? 0}` : `ended by ${signal}`;
  }
  if (label !== undefined) return `called ${action} (${label})`;
  return destination?.ip === undefined
    ? `called ${action}`
    : `called ${action} (${destination.ip}:${destination.port ?? '?'})`;
}
