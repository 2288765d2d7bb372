import type { Level } from '#shared/avro/types.generated.ts';
import { addressEntity } from '#shared/event/address.ts';
import { domainEntity } from '#shared/event/domain.ts';
import type { EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, integerText, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { urlFields } from '#shared/event/url.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { personEntity, userFields } from './people.ts';

/** Events and alerts of Netskope (API version 2): private access, web, cloud applications, its own administration. */
export const netskope: Format = { name: 'netskope', family: 'network', recognises, normalise };

/** Fields of which every Netskope event has some, and nothing else has any. */
const signs = [
  'ur_normalized',
  'audit_log_event',
  'netskope_pop',
  'userkey',
  '_insertion_epoch_timestamp',
  'nsdeviceuid',
];

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['type'] === 'string' &&
    record['timestamp'] !== undefined &&
    signs.some((sign) => record[sign] !== undefined)
  );
}

function normalise(record: JsonObject): FormatResult {
  return { kind: 'ok', drafts: [eventDraft(readEvent(record))] };
}

/** One event, read. */
interface NetskopeEvent {
  readonly record: JsonObject;
  readonly type: string;
  readonly user: string | undefined;
  readonly session: Entity | undefined;
  readonly ends: Ends;
  readonly action: string | undefined;
  readonly is_blocked: boolean;
  readonly alert_type: string | undefined;
  readonly is_private: boolean;
}

function readEvent(record: JsonObject): NetskopeEvent {
  const action = text(record['action'])?.toLowerCase();
  const session = integerText(record['network_session_id']) ?? integerText(record['app_session_id']);
  return {
    record,
    type: text(record['type']) ?? 'event',
    user: text(record['user']) ?? text(record['ur_normalized']),
    session: session === undefined || session === '0' ? undefined : entity('session', session),
    ends: endsOf(record),
    action,
    is_blocked: action === 'block' || action === 'deny' || action === 'drop',
    alert_type: isAlert(record) ? (text(record['alert_type']) ?? 'alert') : undefined,
    is_private: record['traffic_type'] === 'PrivateApp',
  };
}

function isAlert(record: JsonObject): boolean {
  return record['alert'] === 'yes' || (record['alert'] === undefined && record['alert_type'] !== undefined);
}

/** A private application is often known by its host alone; latitude and longitude 0 are unknown. */
function endsOf(record: JsonObject): Ends {
  const host = text(record['dsthost']) ?? text(record['domain']);
  const country_iso_code = text(record['src_country']);
  const client = endpointOf(text(record['userip']) ?? text(record['srcip']) ?? null, record['srcport']);
  const server = endpointOf(text(record['dstip']) ?? host ?? null, record['dstport']);
  const source: EcsEndpoint | undefined =
    client === undefined
      ? undefined
      : {
          ...client,
          bytes: integer(record['client_bytes']),
          geo: country_iso_code === undefined ? undefined : { country_iso_code },
        };
  return {
    source,
    destination:
      server === undefined
        ? undefined
        : {
            ...server,
            domain: server.ip === host ? undefined : host,
            bytes: integer(record['server_bytes']),
          },
    transport: transportOf(record['ip_protocol']),
  };
}

function eventDraft(event: NetskopeEvent): Draft {
  const { record, ends } = event;
  const mark = event.alert_type === undefined ? undefined : alertMark(event, event.alert_type);
  const domain = event.is_private
    ? undefined
    : domainEntity(ends.destination?.domain ?? ends.destination?.address);
  const id = text(record['_id']) ?? text(record['_event_id']);
  return {
    time_ns: parseTime(record['timestamp']) ?? parseTime(record['_insertion_epoch_timestamp']),
    dataset: event.alert_type === undefined ? 'netskope.events' : 'netskope.alerts',
    dedupe_key: id === undefined ? undefined : `${event.type}|${id}`,
    document: documentOf(event, mark),
    actors: present(
      personEntity(event.user),
      event.session,
      addressEntity(ends.source?.ip),
      connectionOf(ends),
    ),
    targets: present(addressEntity(ends.destination?.ip), domain),
    marks: mark === undefined ? undefined : [mark],
  };
}

/** What an alert of a kind usually means. Policies remind people all day; malware and stolen credentials do not. */
const levels: ReadonlyMap<string, Level> = new Map([
  ['malware', 'high'],
  ['malsite', 'medium'],
  ['ctep', 'medium'],
  ['compromised credential', 'medium'],
  ['uba', 'medium'],
  ['anomaly', 'medium'],
  ['dlp', 'low'],
  ['policy', 'low'],
  ['watchlist', 'low'],
  ['security assessment', 'low'],
  ['quarantine', 'low'],
  ['remediation', 'low'],
]);

function alertMark(event: NetskopeEvent, kind: string): Mark {
  const base = levels.get(kind.toLowerCase()) ?? 'low';
  const level = event.is_blocked && base === 'high' ? 'medium' : base;
  const title = text(event.record['alert_name']) ?? `Netskope ${kind}`;
  return {
    rule: { id: `netskope/${kind.toLowerCase().replaceAll(' ', '-')}`, title, level, origin: 'tool' },
  };
}

function documentOf(event: NetskopeEvent, mark: Mark | undefined): ToolDocument<'netskope'> {
  const { record, ends, action } = event;
  const policy = text(record['policy']);
  const application = text(record['app']);
  const device = text(record['netskope_device_id']) ?? text(record['nsdeviceuid']);
  const hostname = text(record['hostname']);
  const administers = event.type.includes('audit');
  return {
    message: sentence(event),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: administers ? ['configuration'] : ['network'],
      type: administers ? ['info'] : ['connection', event.is_blocked ? 'denied' : 'allowed'],
      action: action ?? text(record['audit_log_event']) ?? text(record['activity']),
      outcome: event.is_blocked ? 'failure' : 'success',
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      reason: text(record['reason']),
      start: timeField(record['start_time']),
      end: timeField(record['end_time']),
      module: 'netskope',
      provider: event.type,
    },
    observer: { product: 'netskope', vendor: 'Netskope', type: 'proxy', name: text(record['netskope_pop']) },
    user: userFields(event.user),
    device: device === undefined ? undefined : { id: device },
    host: hostname === undefined ? undefined : { name: hostname },
    ...flowFields(ends, { protocol: text(record['protocol'])?.toLowerCase() }),
    url: urlFields(text(record['url'])),
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'netskope' },
    service: application === undefined ? undefined : { target: { name: application } },
    netskope: toolFields(record),
  };
}

const keptNames: readonly string[] = (
  'type access_method activity alert_type alert_name app appcategory audit_log_event ccl device ' +
  'device_classification network_session_id tunnel_type tunnel_id publisher_name traffic_type severity_level ' +
  'organization_unit os supporting_data malware_name dlp_profile dlp_rule object object_type page site category'
).split(' ');

function toolFields(record: JsonObject): Record<string, JsonValue> {
  const rest: Record<string, JsonValue> = {};
  for (const name of keptNames) {
    const value = record[name];
    if (value !== undefined && value !== null && value !== '') rest[name] = value;
  }
  return rest;
}

/** `ann@example.com to [db] at db.internal:5432: allow (Netskope network)`. */
function sentence(event: NetskopeEvent): string {
  const { record, user, ends, action, type } = event;
  const deed = text(record['audit_log_event']) ?? text(record['alert_name']);
  if (deed !== undefined) return `${user ?? 'Someone'}: ${deed} (Netskope ${type})`;
  const application = text(record['app']);
  const to =
    application === undefined ? endText(ends.destination) : `${application} at ${endText(ends.destination)}`;
  return `${user ?? 'Someone'} to ${to}: ${action ?? text(record['activity']) ?? 'used'} (Netskope ${type})`;
}
