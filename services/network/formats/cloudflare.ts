import { addressEntity, parseAddress } from '#shared/event/address.ts';
import { domainEntity, registeredDomain } from '#shared/event/domain.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { boolean, integer, objects, text, texts } from '#shared/event/read.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { urlFields } from '#shared/event/url.ts';
import { type CloudflareDataset, datasetOf } from './cloudflare-datasets.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { personEntity, userFields } from './people.ts';

/** Cloudflare's Logpush: Zero Trust (gateway, access, sessions) and the edge; also answers of the Access API. */
export const cloudflare: Format = { name: 'cloudflare', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && (datasetOf(record) !== undefined || accessAnswers(record).length > 0);
}

/** The Access API answers `{success, result: [{user_email, app_uid, …}]}`. */
function accessAnswers(record: JsonObject): readonly JsonObject[] {
  if (record['success'] === undefined) return [];
  return objects(record['result']).filter(
    (one) => one['app_uid'] !== undefined && one['ray_id'] !== undefined,
  );
}

function normalise(record: JsonObject): FormatResult {
  const dataset = datasetOf(record);
  if (dataset !== undefined) return { kind: 'ok', drafts: [recordDraft(dataset, record)] };
  const drafts = accessAnswers(record).map((one) => recordDraft('access_requests', accessNames(one)));
  return drafts.length === 0 ? { kind: 'reject', reason: 'cloudflare.no_record' } : { kind: 'ok', drafts };
}

/** The API's names in those of Logpush. */
function accessNames(one: JsonObject): JsonObject {
  return {
    Email: one['user_email'] ?? null,
    IPAddress: one['ip_address'] ?? null,
    AppUUID: one['app_uid'] ?? null,
    AppDomain: one['app_domain'] ?? null,
    Action: one['action'] ?? null,
    Connection: one['connection'] ?? null,
    Allowed: one['allowed'] ?? null,
    CreatedAt: one['created_at'] ?? null,
    RayID: one['ray_id'] ?? null,
    Country: one['country'] ?? null,
  };
}

/** One record, read. */
interface Entry {
  readonly dataset: CloudflareDataset;
  readonly record: JsonObject;
  readonly time: JsonValue | undefined;
  readonly ends: Ends;
  readonly user: string | undefined;
  readonly session: Entity | undefined;
  readonly action: string | undefined;
  readonly is_refused: boolean;
  /** The name that was asked for or connected to. */
  readonly domain: string | undefined;
}

function recordDraft(dataset: CloudflareDataset, record: JsonObject): Draft {
  const entry = readEntry(dataset, record);
  const mark = entry.is_refused && hasPerson(dataset) ? refusedMark(dataset) : undefined;
  // What people reach through Access is our own application, not someone outside.
  const domain = dataset.startsWith('gateway') ? domainEntity(entry.domain) : undefined;
  return {
    time_ns: parseTime(entry.time),
    dataset: `cloudflare.${dataset}`,
    dedupe_key: dedupeKey(entry),
    document: documentOf(entry, mark),
    actors: present(
      personEntity(entry.user),
      entry.session,
      addressEntity(entry.ends.source?.ip),
      connectionOf(entry.ends),
    ),
    targets: present(addressEntity(entry.ends.destination?.ip), domain),
    marks: mark === undefined ? undefined : [mark],
  };
}

/** At the edge everyone is refused something all day; inside, a person was. */
function hasPerson(dataset: CloudflareDataset): boolean {
  return dataset !== 'http_requests' && dataset !== 'firewall_events';
}

function refusedMark(dataset: CloudflareDataset): Mark {
  const title = dataset === 'access_requests' ? 'Access refused a person' : 'Gateway policy blocked traffic';
  return { rule: { id: `cloudflare/${dataset}-blocked`, title, level: 'low', origin: 'tool' } };
}

function readEntry(dataset: CloudflareDataset, record: JsonObject): Entry {
  const action = text(record['Action']) ?? text(record['ResolverDecision']) ?? text(record['SecurityAction']);
  const session = text(record['SessionID']);
  const allowed = boolean(record['Allowed']);
  return {
    dataset,
    record,
    time: timeOf(record),
    ends: endsOf(record),
    user: text(record['Email']) ?? text(record['UserEmail']) ?? accessUser(record['RequestHeaders']),
    session: session === undefined ? undefined : entity('session', session),
    action,
    is_refused: allowed === undefined ? action?.toLowerCase().startsWith('block') === true : !allowed,
    domain: domainOf(record),
  };
}

/** Access puts who it let through into a header of the request. */
function accessUser(headers: JsonValue | undefined): string | undefined {
  return isJsonObject(headers) ? text(headers['cf-access-user']) : undefined;
}

function timeOf(record: JsonObject): JsonValue | undefined {
  const names = ['Datetime', 'CreatedAt', 'SessionStartTime', 'EdgeStartTimestamp', 'EdgeEndTimestamp'];
  return names.map((name) => record[name]).find((value) => value !== undefined && value !== null);
}

function endsOf(record: JsonObject): Ends {
  const client = record['SourceIP'] ?? record['SrcIP'] ?? record['IPAddress'] ?? record['ClientIP'];
  const server = record['DestinationIP'] ?? record['DstIP'] ?? record['OriginIP'];
  const country =
    text(record['Country']) ?? text(record['SourceIPCountryCode']) ?? text(record['ClientCountry']);
  const source = endpointOf(client, record['SourcePort'] ?? record['SrcPort'] ?? record['ClientSrcPort']);
  return {
    source: withCountry(source, country, integer(record['BytesSent'])),
    destination: withBytes(
      endpointOf(server, record['DestinationPort'] ?? record['DstPort'] ?? record['OriginPort']),
      integer(record['BytesReceived']) ?? integer(record['EdgeResponseBytes']),
    ),
    transport: transportOf(record['Transport'] ?? record['Protocol']),
  };
}

function withCountry(
  end: EcsEndpoint | undefined,
  country: string | undefined,
  bytes: number | undefined,
): EcsEndpoint | undefined {
  if (end === undefined) return undefined;
  const geo = country === undefined ? undefined : { country_iso_code: country.toUpperCase() };
  return { ...end, bytes, geo };
}

function withBytes(end: EcsEndpoint | undefined, bytes: number | undefined): EcsEndpoint | undefined {
  return end === undefined || bytes === undefined ? end : { ...end, bytes };
}

function domainOf(record: JsonObject): string | undefined {
  const host = text(record['QueryName']) ?? text(record['HTTPHost']) ?? text(record['SNI']);
  const found = host ?? text(record['ResolvedFQDN']) ?? text(record['ClientRequestHost']);
  return text(found?.replace(/\.$/, '')) ?? text(text(record['AppDomain'])?.split('/', 1)[0]);
}

function documentOf(entry: Entry, mark: Mark | undefined): ToolDocument<'cloudflare'> {
  const { record, dataset, ends, action, domain } = entry;
  const policy = text(record['PolicyName']) ?? text(record['Description']);
  const device = text(record['DeviceID']);
  return {
    message: sentence(entry),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: dataset === 'http_requests' ? ['network', 'web'] : ['network'],
      type: typesOf(entry),
      action: action ?? dataset,
      outcome: entry.is_refused ? 'failure' : 'success',
      severity: mark === undefined ? undefined : 21,
      start: timeField(record['SessionStartTime'] ?? record['EdgeStartTimestamp']),
      end: timeField(record['SessionEndTime'] ?? record['EdgeEndTimestamp']),
      module: 'cloudflare',
      provider: dataset,
    },
    observer: { product: 'cloudflare', vendor: 'Cloudflare', type: 'proxy' },
    organization: record['AccountID'] === undefined ? undefined : { id: text(record['AccountID']) },
    user: userFields(entry.user, text(record['UserID']) ?? text(record['UserUID'])),
    device: device === undefined ? undefined : { id: device },
    ...flowFields(
      { ...ends, destination: withDomain(ends.destination, domain) },
      { protocol: text(record['DetectedProtocol'])?.toLowerCase() ?? protocolOf(dataset) },
    ),
    ...requestFields(record),
    dns: dnsOf(record, domain),
    tls: tlsOf(text(record['SNI'])),
    rule:
      policy === undefined && record['PolicyID'] === undefined
        ? undefined
        : { id: text(record['PolicyID']) ?? text(record['RuleID']), name: policy, ruleset: 'cloudflare' },
    service: serviceOf(text(record['AppDomain'])),
    cloudflare: toolFields(record),
  };
}

function typesOf({ dataset, is_refused }: Entry): readonly string[] {
  const verdict = is_refused ? 'denied' : 'allowed';
  if (dataset === 'zero_trust_network_sessions') return ['connection', 'end', verdict];
  if (dataset === 'gateway_network') return ['connection', verdict];
  return [dataset === 'http_requests' ? 'access' : 'protocol', verdict];
}

function protocolOf(dataset: CloudflareDataset): string | undefined {
  if (dataset === 'gateway_dns') return 'dns';
  return dataset === 'gateway_http' || dataset === 'http_requests' || dataset === 'firewall_events'
    ? 'http'
    : undefined;
}

function withDomain(end: EcsEndpoint | undefined, domain: string | undefined): EcsEndpoint | undefined {
  return domain === undefined ? end : { ...end, domain };
}

function requestFields(record: JsonObject): Pick<EcsDocument, 'http' | 'url' | 'user_agent'> | undefined {
  const method = text(record['HTTPMethod']) ?? text(record['ClientRequestMethod']);
  if (method === undefined) return undefined;
  const status = integer(record['HTTPStatusCode']) ?? integer(record['EdgeResponseStatus']);
  const agent = text(record['UserAgent']) ?? text(record['ClientRequestUserAgent']);
  const url = text(record['URL']) ?? text(record['ClientRequestURI']) ?? text(record['ClientRequestPath']);
  return {
    http: {
      request: { method, id: text(record['RequestID']) ?? text(record['RayID']) },
      response: status === undefined ? undefined : { status_code: status },
    },
    url: urlFields(url),
    user_agent: agent === undefined ? undefined : { original: agent },
  };
}

function dnsOf(record: JsonObject, domain: string | undefined): EcsDocument['dns'] {
  if (record['QueryName'] === undefined || domain === undefined) return undefined;
  const addresses = texts(record['ResolvedIPs']);
  return {
    type: 'answer',
    question: {
      name: domain,
      type: text(record['QueryTypeName']),
      registered_domain: registeredDomain(domain),
    },
    resolved_ip: addresses?.filter((address) => parseAddress(address) !== undefined),
    response_code: text(record['RCode']),
  };
}

function tlsOf(server_name: string | undefined): EcsDocument['tls'] {
  return server_name === undefined ? undefined : { client: { server_name } };
}

function serviceOf(application: string | undefined): EcsDocument['service'] {
  return application === undefined ? undefined : { target: { name: application } };
}

/** Fields that are not in ECS already, in their own names. */
const kept =
  'RayID SessionID QueryID RequestID DeviceName SourceInternalIP VirtualNetworkID VirtualNetworkName Offramp OriginIP ' +
  'EgressIP Connection AppUUID OverrideIP CategoryNames MatchedCategoryNames MatchedIndicatorFeedNames ApplicationNames ' +
  'ConnectionCloseReason Source RuleID BotScore WAFAttackScore BlockedFileName BlockedFileReason TenantID Location';
const keptNames: readonly string[] = kept.split(' ');

function toolFields(record: JsonObject): Record<string, JsonValue> {
  const rest: Record<string, JsonValue> = {};
  for (const name of keptNames) {
    const value = record[name];
    if (value !== undefined && value !== null && value !== '') rest[name] = value;
  }
  return rest;
}

/** `ann@example.com from 203.0.113.9 to db.example.com:5432: allow (gateway_network)`. */
function sentence(entry: Entry): string {
  const { ends, user, domain, action, dataset } = entry;
  const from = ends.source === undefined ? '' : ` from ${ends.source.ip ?? '?'}`;
  const to = domain ?? endText(ends.destination);
  const outcome = entry.is_refused ? 'refused' : (action ?? 'passed');
  return `${user ?? 'Someone'}${from} to ${to}: ${outcome} (Cloudflare ${dataset})`;
}

function dedupeKey(entry: Entry): string | undefined {
  const { record, dataset } = entry;
  const id =
    text(record['RayID']) ??
    text(record['SessionID']) ??
    text(record['QueryID']) ??
    text(record['RequestID']);
  if (id === undefined) return undefined;
  return `${id}|${text(entry.time)}|${entry.action}|${text(record['RequestID'])}|${dataset}`;
}
