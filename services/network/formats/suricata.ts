import { addressEntity, parseAddress } from '#shared/event/address.ts';
import { threatOf } from '#shared/event/attack.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, macField, transportOf } from '#shared/event/endpoint.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, integerText, list, object, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { type ApplicationFields, applicationFields } from './suricata-fields.ts';
import { cveOf, type Direction, suricataAttack, suricataLevel } from './suricata-rules.ts';

/** Suricata's EVE log: alerts, flows, and what its protocol parsers log. */
export const suricata: Format = { name: 'suricata', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const type = record['event_type'];
  if (typeof type !== 'string' || typeof record['timestamp'] !== 'string') return false;
  return isJsonObject(record[type]) || (record['flow_id'] !== undefined && record['src_ip'] !== undefined);
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const type = text(record['event_type']) ?? 'unknown';
  const time_ns = parseTime(record['timestamp']);
  if (type === 'stats') return { kind: 'ok', drafts: [statsDraft(record, time_ns)] };
  const eve = readEve(type, record, time_ns, context);
  return { kind: 'ok', drafts: [eveDraft(eve)] };
}

/** One EVE record, read. */
interface Eve {
  readonly type: string;
  readonly record: JsonObject;
  readonly time_ns: bigint | undefined;
  readonly alert: JsonObject | undefined;
  readonly flow: JsonObject | undefined;
  readonly ends: Ends;
  readonly direction: Direction;
  readonly application: ApplicationFields;
}

function readEve(type: string, record: JsonObject, time_ns: bigint | undefined, context: RecordContext): Eve {
  const ends = endsOf(type, record);
  return {
    type,
    record,
    time_ns,
    alert: object(record['alert']),
    flow: object(record['flow']),
    ends,
    direction: directionOf(ends),
    application: applicationFields(record, time_ns ?? context.arrival_ns),
  };
}

/** As the packet went; only answers of DNS are turned, which some versions log from the server's side. */
function endsOf(type: string, record: JsonObject): Ends {
  const ether = object(record['ether']);
  const source = withMac(endpointOf(record['src_ip'], record['src_port']), ether?.['src_mac']);
  const destination = withMac(endpointOf(record['dest_ip'], record['dest_port']), ether?.['dest_mac']);
  const transport = transportOf(record['proto']);
  const isAnswer = type === 'dns' && source?.port === 53 && destination?.port !== 53;
  return isAnswer
    ? { source: destination, destination: source, transport }
    : { source, destination, transport };
}

function withMac(endpoint: EcsEndpoint | undefined, address: JsonValue | undefined): EcsEndpoint | undefined {
  const mac = macField(address);
  return endpoint === undefined || mac === undefined ? endpoint : { ...endpoint, mac };
}

/** From outside counts as inbound whatever the destination: the public address of a load balancer is outside, too. */
function directionOf({ source, destination }: Ends): Direction {
  const from = parseAddress(source?.ip)?.scope;
  if (from === 'external') return 'inbound';
  if (from !== 'internal') return 'unknown';
  return parseAddress(destination?.ip)?.scope === 'external' ? 'outbound' : 'internal';
}

function eveDraft(eve: Eve): Draft {
  const { application, ends, record, type } = eve;
  const mark = eve.alert === undefined ? undefined : alertMark(eve.alert, eve.direction);
  const client = addressEntity(application.fields.client?.ip);
  // A domain is whom someone talks to; on the way in it is our own name.
  const domains = eve.direction === 'inbound' ? [] : application.domains;
  return {
    time_ns: eve.time_ns,
    dataset: 'suricata.eve',
    dedupe_key: [
      integerText(record['flow_id']),
      text(record['timestamp']),
      type,
      text(record['tx_id']),
      text(eve.alert?.['signature_id']),
      text(record['src_ip']),
      text(record['src_port']),
    ].join('|'),
    document: documentOf(eve, mark),
    actors: present(addressEntity(ends.source?.ip), client, connectionOf(ends)),
    targets: present(addressEntity(ends.destination?.ip), ...domains),
    marks: mark === undefined ? undefined : [mark],
    facts: application.facts.length === 0 ? undefined : application.facts,
  };
}

function alertMark(alert: JsonObject, direction: Direction): Mark {
  const attack = suricataAttack(alert, direction);
  const id = integerText(alert['signature_id']) ?? 'unnamed';
  return {
    rule: {
      id: `suricata/${id}`,
      title: text(alert['signature']) ?? `Signature ${id}`,
      level: suricataLevel(alert, direction),
      origin: 'tool',
    },
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
}

function documentOf(eve: Eve, mark: Mark | undefined): ToolDocument<'suricata'> {
  const { alert, record, type, ends, application, flow } = eve;
  const isBlocked = alert?.['action'] === 'blocked' || type === 'drop';
  return {
    message: sentence(eve),
    event: {
      kind: alert === undefined ? 'event' : 'alert',
      category: alert === undefined ? ['network'] : ['network', 'intrusion_detection'],
      type: typesOf(type, alert !== undefined, isBlocked),
      action: alert === undefined ? type : (text(alert['action']) ?? type),
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      start: timeField(flow?.['start']),
      end: timeField(flow?.['end']),
      module: 'suricata',
      provider: type,
    },
    observer: observerOf(record),
    rule: alert === undefined ? undefined : ruleOf(alert),
    threat:
      mark === undefined
        ? undefined
        : threatOf({ tactics: mark.tactics ?? [], techniques: mark.techniques ?? [] }),
    vulnerability: alert === undefined ? undefined : vulnerabilityOf(alert),
    ...flowFields(withCounts(ends, flow), {
      protocol: text(record['app_proto']) ?? applicationProtocol(type),
      community_id: text(record['community_id']),
      vlan: vlanOf(record['vlan']),
      ...totals(flow),
    }),
    ...application.fields,
    suricata: toolFields(eve),
  };
}

function typesOf(type: string, isAlert: boolean, isBlocked: boolean): readonly string[] {
  if (isAlert) return [isBlocked ? 'denied' : 'allowed'];
  if (type === 'drop') return ['connection', 'denied'];
  if (type === 'flow' || type === 'netflow') return ['connection', 'end'];
  return ['protocol', 'info'];
}

const applicationProtocols: ReadonlySet<string> = new Set(
  'http http2 dns tls ssh smtp ftp smb rdp krb5 snmp mqtt quic dhcp sip nfs tftp modbus'.split(' '),
);

function applicationProtocol(type: string): string | undefined {
  return applicationProtocols.has(type) ? type : undefined;
}

function observerOf(record: JsonObject): EcsDocument['observer'] {
  const name = text(record['in_iface']);
  return {
    product: 'suricata',
    vendor: 'OISF',
    type: 'ids',
    hostname: text(record['host']) ?? text(record['sensor_name']),
    ingress: name === undefined ? undefined : { interface: { name } },
  };
}

function ruleOf(alert: JsonObject): EcsDocument['rule'] {
  return {
    id: integerText(alert['signature_id']),
    name: text(alert['signature']),
    category: text(alert['category']),
    version: text(alert['rev']),
    ruleset: 'suricata',
  };
}

function vulnerabilityOf(alert: JsonObject): EcsDocument['vulnerability'] {
  const id = cveOf(alert);
  return id === undefined ? undefined : { id, enumeration: 'CVE' };
}

/** A single VLAN, or the outer one of two. */
function vlanOf(vlan: JsonValue | undefined): { id: string } | undefined {
  const id = text(list(vlan)[0] ?? vlan);
  return id === undefined ? undefined : { id };
}

function withCounts(ends: Ends, flow: JsonObject | undefined): Ends {
  if (flow === undefined) return ends;
  return {
    ...ends,
    source: counted(ends.source, flow['bytes_toserver'], flow['pkts_toserver']),
    destination: counted(ends.destination, flow['bytes_toclient'], flow['pkts_toclient']),
  };
}

function counted(
  endpoint: EcsEndpoint | undefined,
  bytes: JsonValue | undefined,
  packets: JsonValue | undefined,
): EcsEndpoint | undefined {
  if (endpoint === undefined) return undefined;
  return { ...endpoint, bytes: integer(bytes), packets: integer(packets) };
}

function totals(flow: JsonObject | undefined): { bytes?: number; packets?: number } {
  const up = integer(flow?.['bytes_toserver']);
  const down = integer(flow?.['bytes_toclient']);
  if (up === undefined || down === undefined) return {};
  const packets = (integer(flow?.['pkts_toserver']) ?? 0) + (integer(flow?.['pkts_toclient']) ?? 0);
  return { bytes: up + down, packets };
}

/** What EVE says beyond ECS; payloads and the text of the rule stay in the original. */
function toolFields(eve: Eve): ToolDocument<'suricata'>['suricata'] {
  const { alert, record, flow, type } = eve;
  return {
    event_type: type,
    flow_id: integerText(record['flow_id']),
    tx_id: record['tx_id'],
    pkt_src: record['pkt_src'],
    app_proto: record['app_proto'],
    direction: record['direction'],
    metadata: record['metadata'],
    alert:
      alert === undefined
        ? undefined
        : {
            action: alert['action'],
            gid: alert['gid'],
            severity: alert['severity'],
            metadata: alert['metadata'],
          },
    flow:
      flow === undefined
        ? undefined
        : { state: flow['state'], reason: flow['reason'], age: flow['age'], alerted: flow['alerted'] },
    tcp: record['tcp'],
    ...(isMapped(type) ? undefined : { [type]: record[type] }),
  };
}

/** Event types whose own object is read field by field above. */
function isMapped(type: string): boolean {
  return type === 'alert' || type === 'flow' || type === 'http' || type === 'dns';
}

/** `ET MALWARE …: 10.20.0.11:53967 to 192.0.2.199:8443 (tls), allowed`. */
function sentence(eve: Eve): string {
  const { alert, ends, type, application } = eve;
  const way = `${endText(ends.source)} to ${endText(ends.destination)}`;
  const what = application.label === undefined ? '' : ` (${application.label})`;
  if (alert === undefined) return `Suricata ${type}: ${way}${what}`;
  return `${text(alert['signature']) ?? 'Alert'}: ${way}${what}, ${text(alert['action']) ?? 'allowed'}`;
}

/** Counters of the sensor, of which the lost packets matter: they are what it could not see. */
function statsDraft(record: JsonObject, time_ns: bigint | undefined): Draft {
  const stats = object(record['stats']);
  const capture = object(stats?.['capture']);
  const dropped = integer(capture?.['kernel_drops']) ?? 0;
  const document: ToolDocument<'suricata'> = {
    message: `Suricata dropped ${dropped} of ${integer(capture?.['kernel_packets']) ?? 0} packets`,
    event: {
      kind: 'metric',
      category: ['host'],
      type: ['info'],
      action: 'stats',
      severity: dropped > 0 ? 47 : 21,
      module: 'suricata',
      provider: 'stats',
    },
    observer: observerOf(record),
    suricata: { event_type: 'stats', stats: { uptime: stats?.['uptime'], capture } },
  };
  return { time_ns, dataset: 'suricata.stats', dedupe_key: undefined, document, actors: [], targets: [] };
}
