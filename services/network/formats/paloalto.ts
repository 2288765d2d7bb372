import type { Level } from '#shared/avro/types.generated.ts';
import { addressEntity, parseAddress } from '#shared/event/address.ts';
import type { EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { isPanLine, readPanLine } from './paloalto-csv.ts';
import { personEntity, userFields } from './people.ts';

/** Logs of Palo Alto firewalls and Prisma Access: CSV behind syslog, or JSON of Strata Logging Service. */
export const paloalto: Format = { name: 'paloalto', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return isPanLine(record);
  return (
    isJsonObject(record) &&
    typeof record['LogType'] === 'string' &&
    (record['TimeGenerated'] !== undefined || record['TimeReceived'] !== undefined) &&
    (record['DeviceSN'] !== undefined ||
      record['SourceAddress'] !== undefined ||
      record['SourceUser'] !== undefined)
  );
}

function normalise(record: JsonObject | string): FormatResult {
  const logs = typeof record === 'string' ? readLines(record) : [record];
  if (logs.length === 0) return { kind: 'reject', reason: 'paloalto.unknown_log' };
  return { kind: 'ok', drafts: logs.map((log) => logDraft(readLog(log))) };
}

function readLines(lines: string): readonly JsonObject[] {
  const logs: JsonObject[] = [];
  for (const line of lines.split('\n')) {
    const log = readPanLine(line);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

/** One log, read; CSV and JSON have the same names. */
interface PanLog {
  readonly log: JsonObject;
  readonly type: string;
  readonly subtype: string | undefined;
  readonly user: string | undefined;
  readonly ends: Ends;
  readonly action: string | undefined;
  readonly is_blocked: boolean;
  /** `SSH User Authentication Brute Force Attempt(40015)`. */
  readonly threat: string | undefined;
}

function readLog(log: JsonObject): PanLog {
  const action = text(log['Action'])?.toLowerCase();
  const type = (text(log['LogType']) ?? 'unknown').toUpperCase();
  return {
    log,
    type,
    subtype: text(log['Subtype']) ?? text(log['SubType']),
    user: text(log['SourceUser']) ?? text(log['SourceUserName']),
    ends: endsOf(log),
    action,
    is_blocked: action !== undefined && /^(?:deny|drop|reset|block|sinkhole)/.test(action),
    threat: type === 'THREAT' ? (text(log['ThreatID']) ?? text(log['ThreatName'])) : undefined,
  };
}

function endsOf(log: JsonObject): Ends {
  const source = endpointOf(log['SourceAddress'] ?? log['PublicIPv4'], log['SourcePort']);
  const destination = endpointOf(log['DestinationAddress'], log['DestinationPort']);
  return {
    source: withDetails(source, log, 'Source', integer(log['BytesSent']), integer(log['PacketsSent'])),
    destination: withDetails(
      destination,
      log,
      'Destination',
      integer(log['BytesReceived']),
      integer(log['PacketsReceived']),
    ),
    transport: transportOf(log['Protocol']),
  };
}

function withDetails(
  end: EcsEndpoint | undefined,
  log: JsonObject,
  side: 'Source' | 'Destination',
  bytes: number | undefined,
  packets: number | undefined,
): EcsEndpoint | undefined {
  if (end === undefined) return undefined;
  const nat = endpointOf(log[`NAT${side}`], log[`NAT${side}Port`]);
  const country = text(log[`${side}Location`]);
  const isCode = country?.length === 2;
  return {
    ...end,
    bytes,
    packets,
    nat: nat?.ip === undefined || nat.ip === end.ip ? undefined : { ip: nat.ip, port: nat.port },
    geo:
      country === undefined ? undefined : isCode ? { country_iso_code: country } : { country_name: country },
  };
}

function logDraft(pan: PanLog): Draft {
  const { log, ends } = pan;
  const mark = pan.threat === undefined ? undefined : threatMark(pan, pan.threat);
  const sequence = text(log['SequenceNo']);
  return {
    time_ns: parseTime(log['TimeGenerated']) ?? parseTime(log['TimeReceived']),
    dataset: 'paloalto.logs',
    dedupe_key:
      sequence === undefined
        ? undefined
        : `${text(log['DeviceSN'])}|${pan.type}|${sequence}|${text(log['TimeGenerated'])}`,
    document: documentOf(pan, mark),
    actors: present(
      personEntity(withoutDomain(pan.user)),
      addressEntity(ends.source?.ip),
      connectionOf(ends),
    ),
    targets: present(addressEntity(ends.destination?.ip)),
    marks: mark === undefined ? undefined : [mark],
  };
}

/** `corp\ann` is ann. */
function withoutDomain(user: string | undefined): string | undefined {
  return text(user?.slice(user.lastIndexOf('\\') + 1));
}

const levels: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** The vendor's severity; attempts from outside are the weather, and what was stopped counts one level less. */
function threatMark(pan: PanLog, threat: string): Mark {
  const said = (text(pan.log['VendorSeverity']) ?? text(pan.log['Severity']) ?? 'low').toLowerCase();
  const step = Math.max(
    levels.findIndex((level) => level === said),
    0,
  );
  const isOutside = parseAddress(pan.ends.source?.ip)?.scope === 'external';
  const isAttempt =
    isOutside && (pan.subtype === 'vulnerability' || pan.subtype === 'scan' || pan.subtype === 'flood');
  const lowered = pan.is_blocked ? Math.max(step - 1, 0) : step;
  const level = levels[isAttempt ? Math.min(lowered, 1) : lowered] ?? 'low';
  const id = /\((\d{1,12})\)$/.exec(threat)?.[1] ?? threat;
  return { rule: { id: `paloalto/${id}`, title: threat, level, origin: 'tool' } };
}

function documentOf(pan: PanLog, mark: Mark | undefined): ToolDocument<'paloalto'> {
  const { log, ends, type, action } = pan;
  const device = text(log['DeviceName']);
  const application = text(log['Application']);
  return {
    message: sentence(pan),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: mark === undefined ? ['network'] : ['network', 'intrusion_detection'],
      type: typesOf(pan),
      action: action ?? text(log['EventIDValue']) ?? text(log['EventID']),
      outcome: pan.is_blocked ? 'failure' : 'success',
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      start: timeField(log['SessionStartTime']),
      reason: text(log['SessionEndReason']),
      module: 'paloalto',
      provider: type.toLowerCase(),
    },
    observer: { product: 'paloalto', vendor: 'Palo Alto Networks', type: 'firewall', name: device },
    user: userFields(withoutDomain(pan.user)),
    ...flowFields(ends, { application: application?.toLowerCase(), bytes: integer(log['Bytes']) }),
    rule: ruleOf(pan),
    paloalto: {
      type,
      subtype: pan.subtype,
      rule: text(log['Rule']),
      threat: pan.threat,
      severity: text(log['VendorSeverity']),
      direction: text(log['DirectionOfAttack']),
      from_zone: text(log['FromZone']),
      to_zone: text(log['ToZone']),
      session_id: text(log['SessionID']),
      file_name: text(log['FileName']),
      url_category: text(log['URLCategory']),
      device_serial: text(log['DeviceSN']),
      virtual_system: text(log['VirtualLocation']),
      destination_user: text(log['DestinationUser']),
      endpoint: text(log['EndpointDeviceName']),
    },
  };
}

function typesOf(pan: PanLog): readonly string[] {
  if (pan.threat !== undefined) return [pan.is_blocked ? 'denied' : 'allowed', 'info'];
  if (pan.type !== 'TRAFFIC') return ['info'];
  return ['connection', pan.subtype === 'start' ? 'start' : 'end', pan.is_blocked ? 'denied' : 'allowed'];
}

/** A threat names its signature; other logs the security policy that decided. */
function ruleOf(pan: PanLog): ToolDocument<'paloalto'>['rule'] {
  const name = pan.threat ?? text(pan.log['Rule']);
  return name === undefined ? undefined : { name, ruleset: 'paloalto', category: pan.subtype };
}

/** `SSH brute force (40015): 203.0.113.9:47094 to 10.0.0.1:22 (ssh) reset-both`. */
function sentence(pan: PanLog): string {
  const { ends, log, action } = pan;
  const way = `${endText(ends.source)} to ${endText(ends.destination)}`;
  const who = pan.user === undefined ? '' : `${pan.user} from `;
  const what = pan.threat ?? `${pan.type.toLowerCase()} ${pan.subtype ?? ''}`.trim();
  return `${what}: ${who}${way} (${text(log['Application']) ?? ends.transport ?? 'ip'}) ${action ?? ''}`.trimEnd();
}
