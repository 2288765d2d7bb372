import type { EcsDocument, EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import { fileAt } from '#shared/event/file-path.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { falcoActivity } from './falco-activity.ts';
import { type FalcoAlert, noFields } from './falco-alert.ts';
import type { FalcoConnection } from './falco-connection.ts';
import type { FalcoEvent } from './falco-event.ts';
import { subjectFields, subjectText } from './subject.ts';

/** The ECS document of an alert. */
export function documentOf(event: FalcoEvent): ToolDocument<'falco'> {
  const { alert, subject, connection, plugin, verdict } = event;
  const { fields } = alert;
  const systemCall = text(fields['evt.type']);
  const activity = falcoActivity(alert.source, systemCall);
  const place = subjectFields(subject);
  return {
    message: sentence(event),
    tags: alert.tags.length === 0 ? undefined : alert.tags,
    event: {
      kind: 'alert',
      category: activity.category,
      type: activity.type,
      action: systemCall ?? text(fields['ka.verb']),
      severity: verdict.meaning.severity ?? severityOf(verdict.level),
      module: 'falco',
      provider: alert.source,
    },
    observer: { product: 'falco', vendor: 'Falco', type: 'ids', hostname: alert.hostname },
    rule: { name: alert.rule, ruleset: 'falco' },
    threat: verdict.meaning.threat,
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
}

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
function sentence({ alert, subject, connection }: FalcoEvent): string {
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
