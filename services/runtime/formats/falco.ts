import { addressEntity, connectionEntity } from '#shared/event/address.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { EcsDocument, EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { fileAt } from '#shared/event/file-path.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { boolean, integer, object, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { parseTime } from '#shared/event/time.ts';
import { rememberImages } from './container-image.ts';
import { falcoActivity, isSystemCallSource } from './falco-activity.ts';
import type { FalcoAlert } from './falco-alert.ts';
import { falcoConnection, type FalcoConnection, peerPlace } from './falco-connection.ts';
import { falcoInternal, isInternal } from './falco-internal.ts';
import { type PluginSubject, pluginSubject } from './falco-plugins.ts';
import { falcoVerdict, priorityMeaning } from './falco-verdict.ts';
import {
  isInPod,
  nodeOfShipper,
  type Subject,
  subjectEntities,
  subjectFacts,
  subjectFields,
  subjectText,
} from './subject.ts';

/** Alerts of Falco, as it writes them or as falcosidekick passes them on. */
export const falco: Format = { name: 'falco', family: 'runtime', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const priority = record['priority'];
  return (
    typeof record['rule'] === 'string' &&
    typeof priority === 'string' &&
    typeof record['time'] === 'string' &&
    (typeof record['output'] === 'string' || isJsonObject(record['output_fields'])) &&
    priorityMeaning(priority) !== undefined
  );
}

const noFields: JsonObject = {};

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const fields = object(record['output_fields']) ?? noFields;
  const alert: FalcoAlert = {
    rule: text(record['rule']) ?? 'unnamed',
    priority: text(record['priority']) ?? 'Informational',
    source: text(record['source']) ?? 'syscall',
    hostname: text(record['hostname']) ?? nodeOfShipper(context),
    tags: texts(record['tags']) ?? [],
    fields,
    command_line: text(fields['proc.cmdline']),
    descriptor: text(fields['fd.name']),
    time_ns: parseTime(record['time']) ?? parseTime(fields['evt.time']),
    record,
  };
  const draft = isInternal(alert) ? falcoInternal(alert) : alertDraft(alert, context);
  return { kind: 'ok', drafts: [draft] };
}

function alertDraft(alert: FalcoAlert, context: RecordContext): Draft {
  const { fields, rule, priority } = alert;
  const watchesSystem = isSystemCallSource(alert.source);
  const subject = falcoSubject(alert, watchesSystem);
  const connection = falcoConnection(alert);
  const plugin = watchesSystem ? undefined : pluginSubject(fields);
  const verdict = falcoVerdict(rule, priority, alert.tags, peerPlace(connection));
  const { rule_id, attack, threat, severity } = verdict.meaning;
  const mark: Mark = {
    rule: { id: rule_id, title: rule, level: verdict.level, origin: 'tool' },
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
  const systemCall = text(fields['evt.type']);
  const activity = falcoActivity(alert.source, systemCall);
  const place = subjectFields(subject);
  const document: ToolDocument<'falco'> = {
    message: sentence(alert, subject, connection),
    tags: alert.tags.length === 0 ? undefined : alert.tags,
    event: {
      kind: 'alert',
      category: activity.category,
      type: activity.type,
      action: systemCall ?? text(fields['ka.verb']),
      severity: severity ?? severityOf(verdict.level),
      module: 'falco',
      provider: alert.source,
    },
    observer: { product: 'falco', vendor: 'Falco', type: 'ids', hostname: alert.hostname },
    rule: { name: rule, ruleset: 'falco' },
    threat,
    host: place.host,
    container: place.container,
    orchestrator: plugin?.fields.orchestrator ?? place.orchestrator,
    kubernetes: plugin?.fields.kubernetes ?? place.kubernetes,
    process: processOf(alert),
    user: plugin === undefined ? unixUser(fields) : plugin.fields.user,
    file: fileOf(alert, connection),
    source: plugin?.fields.source ?? connection?.source,
    destination: connection?.destination,
    network: connection === undefined ? undefined : networkOf(connection),
    falco: toolFields(alert),
  };
  return {
    time_ns: alert.time_ns,
    dataset: 'falco.alerts',
    dedupe_key: dedupeKey(alert),
    document,
    actors: actorsOf(alert, subject, connection, plugin),
    targets: targetsOf(alert, connection, plugin, verdict.reaches_node),
    marks: [mark],
    facts: subjectFacts(subject, alert.time_ns ?? context.arrival_ns),
  };
}

/** The 12 digits of `container.id`, or all of `container.full_id`; `host` is no container. */
function falcoSubject(alert: FalcoAlert, watchesSystem: boolean): Subject {
  const { fields } = alert;
  const short_id = text(fields['container.id']);
  return {
    container: parseContainerId(text(fields['container.full_id']) ?? short_id),
    container_name: short_id === 'host' ? undefined : text(fields['container.name']),
    image: imageOf(fields, short_id),
    privileged: boolean(fields['container.privileged']),
    namespace: text(fields['k8s.ns.name']) ?? text(fields['k8smeta.ns.name']),
    pod_name: text(fields['k8s.pod.name']) ?? text(fields['k8smeta.pod.name']),
    pod_uid: text(fields['k8s.pod.uid']) ?? text(fields['k8smeta.pod.uid']),
    workload: undefined,
    node: watchesSystem ? alert.hostname : undefined,
    cluster: undefined,
  };
}

function isHost(fields: JsonObject): boolean {
  return fields['container.id'] === 'host';
}

function imageOf(fields: JsonObject, container_id: string | undefined): Subject['image'] {
  const repository = text(fields['container.image.repository']);
  if (repository === undefined) return parseImageReference(text(fields['container.image']));
  const tag = text(fields['container.image.tag']);
  return imageOfParts(container_id, repository, tag, text(fields['container.image.digest']));
}

const imageOfParts = rememberImages((repository, tag, written) => {
  const digest = normaliseDigest(written);
  const tagged = tag === undefined ? repository : `${repository}:${tag}`;
  const image = parseImageReference(digest === undefined ? tagged : `${tagged}@${digest}`);
  // Falco always knows the tag when there is one: no tag means unknown, not `latest`.
  return image !== undefined && tag === undefined ? { ...image, tag: undefined } : image;
});

function processOf({ command_line, fields }: FalcoAlert): EcsProcess | undefined {
  const name = text(fields['proc.name']) ?? text(command_line?.split(' ', 1)[0]);
  const pid = integer(fields['proc.pid']);
  if (name === undefined && command_line === undefined && pid === undefined) return undefined;
  const tty = integer(fields['proc.tty']);
  return {
    pid,
    name,
    executable: text(fields['proc.exepath']),
    command_line,
    working_directory: text(fields['proc.cwd']),
    interactive: tty === undefined ? undefined : tty !== 0,
    parent: parentOf(fields),
  };
}

function parentOf(fields: JsonObject): EcsProcess | undefined {
  const name = text(fields['proc.pname']);
  const pid = integer(fields['proc.ppid']);
  const command_line = text(fields['proc.pcmdline']);
  if (name === undefined && pid === undefined && command_line === undefined) return undefined;
  return { pid, name, executable: text(fields['proc.pexepath']), command_line };
}

function unixUser(fields: JsonObject): EcsDocument['user'] {
  const name = text(fields['user.name']);
  const uid = integer(fields['user.uid']);
  const id = uid === undefined || uid < 0 || uid === 4_294_967_295 ? undefined : String(uid);
  return name === undefined && id === undefined ? undefined : { name, id };
}

function fileOf(alert: FalcoAlert, connection: FalcoConnection | undefined): EcsDocument['file'] {
  const path = connection === undefined ? alert.descriptor : undefined;
  return path?.startsWith('/') === true ? fileAt(path) : undefined;
}

function networkOf({ transport, destination }: FalcoConnection): EcsDocument['network'] {
  return { transport, type: addressFamily(destination.ip) };
}

/**
 * Container and pod; the host when the alert says that it was the host, or where no pod is known; then the connection and the
 * people.
 */
function actorsOf(
  alert: FalcoAlert,
  subject: Subject,
  connection: FalcoConnection | undefined,
  plugin: PluginSubject | undefined,
): Entity[] {
  const pid = integer(alert.fields['proc.pid']);
  const host = isHost(alert.fields) ? alert.hostname : undefined;
  const where = subject.container?.id12 ?? host;
  const actors: Entity[] =
    pid === undefined || where === undefined ? [] : [entity('process', `${where}/${pid}`)];
  actors.push(...subjectEntities(subject));
  const isOfNode = subject.container !== undefined && !isInPod(subject);
  const node = isOfNode ? alert.hostname : host;
  if (node !== undefined) actors.push(entity('node', node));
  if (connection?.transport !== undefined) {
    const { source, destination, transport } = connection;
    const tuple = connectionEntity(transport, source, destination);
    if (tuple !== undefined) actors.push(tuple);
    // Who connected to the process did something to it; whom the process called is a target.
    const caller = connection.peer === source ? addressEntity(source.ip) : undefined;
    if (caller?.startsWith('external:') === true) actors.push(caller);
  }
  return plugin === undefined ? actors : [...actors, ...plugin.actors];
}

function targetsOf(
  alert: FalcoAlert,
  connection: FalcoConnection | undefined,
  plugin: PluginSubject | undefined,
  reaches_node: boolean,
): Entity[] {
  const targets = plugin?.targets ?? [];
  if (connection !== undefined && connection.peer === connection.destination) {
    const called = addressEntity(connection.destination.ip);
    if (called !== undefined) targets.push(called);
  }
  if (reaches_node && alert.hostname !== undefined && !isHost(alert.fields)) {
    targets.push(entity('node', alert.hostname));
  }
  return targets;
}

/** What Falco said beyond ECS; `output` only where no field holds what it says. */
function toolFields(alert: FalcoAlert): ToolDocument<'falco'>['falco'] {
  const { record, fields } = alert;
  return {
    priority: alert.priority,
    source: alert.source,
    uuid: text(record['uuid']),
    output: fields === noFields ? text(record['output']) : undefined,
    output_fields: fields === noFields ? undefined : fields,
  };
}

/** `Run shell untrusted: sh -c id (by www-data) in pod shop/cart-0`. */
function sentence(alert: FalcoAlert, subject: Subject, connection: FalcoConnection | undefined): string {
  const { command_line, descriptor, fields, rule } = alert;
  const what = command_line ?? text(fields['proc.name']);
  if (what === undefined) return `${rule}: ${plainOutput(alert)}`;
  const user = text(fields['user.name']);
  const by = user === undefined ? '' : ` (by ${user})`;
  const on =
    descriptor === undefined ? '' : connection === undefined ? ` on ${descriptor}` : ` over ${descriptor}`;
  return `${rule}: ${what}${by}${on}${subjectText(subject)}`;
}

/** `output` without the time and priority that Falco puts before it. */
function plainOutput(alert: FalcoAlert): string {
  const output = text(alert.record['output']);
  if (output === undefined) return alert.priority;
  const isTimed = output.charCodeAt(2) === 58 && output.charCodeAt(5) === 58;
  const rest = isTimed ? output.slice(output.indexOf(' ') + 1) : output;
  return rest.startsWith(`${alert.priority} `) ? rest.slice(alert.priority.length + 1) : rest;
}

/**
 * Falco has no id of an alert, and falcosidekick makes one for each delivery. Time in ns, host, rule and subject name
 * an alert of the system; alerts of plugins have coarser times, so all of their fields count.
 */
function dedupeKey(alert: FalcoAlert): string {
  const { command_line, descriptor, fields } = alert;
  const what = isSystemCallSource(alert.source)
    ? `${text(fields['container.id'])}|${text(fields['proc.pid'])}|${command_line}|${descriptor}`
    : JSON.stringify(fields);
  return `${alert.time_ns}|${alert.hostname}|${alert.rule}|${what}`;
}
