import { addressEntity } from '#shared/event/address.ts';
import type { EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, FactDraft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { userName } from '#shared/event/kubernetes.ts';
import { integer, text } from '#shared/event/read.ts';
import { timeField } from '#shared/event/time-field.ts';
import { ever_ns, parseTime, second_ns } from '#shared/event/time.ts';
import { connectionOf, endText, present } from './flow.ts';

/** User activity of Zscaler Private Access, as its log streaming service writes it: one person's connection to one server. */
export const zpa: Format = { name: 'zpa', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['LogTimestamp'] === 'string' &&
    typeof record['ConnectionID'] === 'string' &&
    typeof record['ConnectionStatus'] === 'string' &&
    record['Username'] !== undefined
  );
}

/** ZPA writes "0" where there is no policy, server or identity provider. */
function named(value: JsonValue | undefined): string | undefined {
  const found = text(value);
  return found === '0' ? undefined : found;
}

/** One record, read. */
interface Activity {
  readonly record: JsonObject;
  readonly status: string;
  readonly time_ns: bigint | undefined;
  readonly start_ns: bigint | undefined;
  readonly end_ns: bigint | undefined;
  readonly user: string | undefined;
  readonly session: Entity | undefined;
  readonly client: EcsEndpoint | undefined;
  readonly server: EcsEndpoint | undefined;
  readonly policy: string | undefined;
  readonly application: string | undefined;
  readonly is_rejected: boolean;
  /** Between connector and server: what sensors inside the network see. */
  readonly inner_connection: Entity | undefined;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  return { kind: 'ok', drafts: [activityDraft(readActivity(record), context)] };
}

function readActivity(record: JsonObject): Activity {
  const status = (text(record['ConnectionStatus']) ?? 'unknown').toLowerCase();
  const start_ns = parseTime(record['TimestampConnectionStart']);
  const end_ns = parseTime(record['TimestampConnectionEnd']);
  const session = text(record['SessionID']);
  const server = serverOf(record);
  const connector = endpointOf(record['ConnectorIP'], record['ConnectorPort']);
  const transport = transportOf(record['IPProtocol']);
  return {
    record,
    status,
    time_ns: timeOf(record, status === 'close' ? end_ns : start_ns),
    start_ns,
    end_ns,
    user: text(record['Username']),
    session: session === undefined ? undefined : entity('session', session),
    client: clientOf(record),
    server,
    policy: named(record['Policy']),
    application: named(record['Application']),
    is_rejected: (text(record['InternalReason']) ?? '').includes('REJECTED_BY_POLICY'),
    inner_connection: connectionOf({ source: connector, destination: server, transport }),
  };
}

/** How far the second of `LogTimestamp` may be from the millisecond that it was cut from. */
const rounding_ns_max = 2n * second_ns;

/** The log's own time, in the finer notation of the connection's start or end where it means the same moment. */
function timeOf(record: JsonObject, finer_ns: bigint | undefined): bigint | undefined {
  const logged_ns = parseTime(record['LogTimestamp']);
  if (logged_ns === undefined || finer_ns === undefined) return logged_ns ?? finer_ns;
  const apart = finer_ns > logged_ns ? finer_ns - logged_ns : logged_ns - finer_ns;
  return apart <= rounding_ns_max ? finer_ns : logged_ns;
}

function clientOf(record: JsonObject): EcsEndpoint | undefined {
  const client = endpointOf(record['ClientPublicIP']);
  if (client === undefined) return undefined;
  const country_iso_code = text(record['ClientCountryCode']);
  return {
    ...client,
    bytes: integer(record['ZENTotalBytesRxClient']),
    geo: country_iso_code === undefined ? undefined : { country_iso_code },
  };
}

function serverOf(record: JsonObject): EcsEndpoint | undefined {
  const address = named(record['ServerIP']);
  const host = named(record['Host']);
  const server = endpointOf(address ?? host ?? null, record['ServerPort'] ?? record['ServicePort']);
  if (server === undefined) return undefined;
  const domain = host !== address && host !== server.address ? host : undefined;
  return { ...server, domain, bytes: integer(record['ZENTotalBytesTxClient']) };
}

function activityDraft(activity: Activity, context: RecordContext): Draft {
  const { record, status, session, client, server } = activity;
  const person = personOf(activity.user);
  return {
    time_ns: activity.time_ns,
    dataset: 'zpa.user_activity',
    dedupe_key: [
      text(record['ConnectionID']),
      status,
      text(record['LogTimestamp']),
      text(record['ZENTotalBytesRxClient']),
      text(record['ZENTotalBytesTxClient']),
    ].join('|'),
    document: documentOf(activity),
    actors: present(person, session, addressEntity(client?.ip), activity.inner_connection),
    targets: present(addressEntity(server?.ip)),
    marks: activity.is_rejected ? [rejectedMark] : undefined,
    facts: factsOf(activity, person, context),
  };
}

const rejectedMark: Mark = {
  rule: { id: 'zpa/rejected-by-policy', title: 'Access refused by policy', level: 'low', origin: 'tool' },
};

/** Names with blanks are ZPA's own clients, not people. */
function personOf(user: string | undefined): Entity | undefined {
  return user === undefined || user.includes(' ') ? undefined : entity('user', userName(user));
}

/** The session is the person's, and the connection behind the connector belongs to the session while it lasts. */
function factsOf(
  activity: Activity,
  person: Entity | undefined,
  context: RecordContext,
): FactDraft[] | undefined {
  const { session, inner_connection } = activity;
  if (session === undefined) return undefined;
  const facts: FactDraft[] = [];
  if (person !== undefined) {
    facts.push({ a: session, relation: 'runs_as', b: person, from_ns: ever_ns, confidence: 100 });
  }
  if (inner_connection !== undefined) {
    const from_ns = activity.start_ns ?? activity.time_ns ?? context.arrival_ns;
    facts.push({
      a: inner_connection,
      relation: 'part_of',
      b: session,
      from_ns,
      to_ns: activity.end_ns,
      confidence: 90,
    });
  }
  return facts;
}

function documentOf(activity: Activity): ToolDocument<'zpa'> {
  const { record, status, user, client, server, policy, application } = activity;
  const email = user?.includes('@') === true ? user : undefined;
  return {
    message: sentence(activity),
    event: {
      kind: activity.is_rejected ? 'alert' : 'event',
      category: ['network'],
      type: typesOf(activity),
      action: status,
      outcome: activity.is_rejected ? 'failure' : 'success',
      severity: activity.is_rejected ? 21 : undefined,
      reason: text(record['InternalReason']),
      start: timeField(record['TimestampConnectionStart']),
      end: timeField(record['TimestampConnectionEnd']),
      module: 'zpa',
    },
    observer: { product: 'zpa', vendor: 'Zscaler', type: 'proxy', name: text(record['ClientZEN']) },
    organization: { name: text(record['Customer']) },
    user: user === undefined ? undefined : { name: user, email },
    source: client,
    destination: server,
    network: {
      transport: transportOf(record['IPProtocol']),
      application: application?.toLowerCase(),
      direction: 'inbound',
    },
    service: application === undefined ? undefined : { target: { name: application } },
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'zpa' },
    zpa: {
      session_id: text(record['SessionID']),
      connection_id: text(record['ConnectionID']),
      connector: text(record['Connector']),
      connector_ip: text(record['ConnectorIP']),
      connector_port: integer(record['ConnectorPort']),
      client_private_ip: text(record['ClientPrivateIP']),
      client_zen: text(record['ClientZEN']),
      connector_zen: text(record['ConnectorZEN']),
      app_group: text(record['AppGroup']),
      idp: named(record['Idp']),
      double_encryption: integer(record['DoubleEncryption']),
      internal_reason: text(record['InternalReason']),
    },
  };
}

function typesOf(activity: Activity): readonly string[] {
  if (activity.is_rejected) return ['connection', 'denied'];
  if (activity.status === 'close') return ['connection', 'end', 'allowed'];
  return activity.status === 'open' ? ['connection', 'start', 'allowed'] : ['connection', 'allowed'];
}

/** `ann@example.com from 203.0.113.47 (ES) to kube-api-eu1 at 10.20.0.5:6443: active`. */
function sentence(activity: Activity): string {
  const { client, server, application, status, user } = activity;
  const country = client?.geo?.country_iso_code;
  const from =
    client === undefined ? '' : ` from ${client.ip ?? '?'}${country === undefined ? '' : ` (${country})`}`;
  const to = application === undefined ? endText(server) : `${application} at ${endText(server)}`;
  return `${user ?? 'Someone'}${from} to ${to}: ${activity.is_rejected ? 'refused by policy' : status}`;
}
