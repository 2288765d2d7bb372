import { addressEntity, parseAddress } from '#shared/event/address.ts';
import { domainEntity } from '#shared/event/domain.ts';
import type { EcsNetwork } from '#shared/event/ecs-network.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, macField, transportOf } from '#shared/event/endpoint.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { boolean, integer, number, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { readTimeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';
import { forwardedFor } from './forwarded.ts';
import { zeekFields } from './zeek-fields.ts';
import { noticeMark } from './zeek-notices.ts';

/** Zeek's logs as JSON, with dotted or flattened names, with its path in the record, around it, or not at all. */
export const zeek: Format = { name: 'zeek', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && logOf(record) !== undefined;
}

interface Log {
  readonly path: string;
  readonly log: JsonObject;
}

/** Plain, or as the only member of an object that is named after the log. */
function logOf(record: JsonObject): Log | undefined {
  if (isLog(record)) return { path: pathOf(record), log: record };
  const [path, ...others] = Object.keys(record);
  const inner = path === undefined || others.length > 0 ? undefined : record[path];
  return path !== undefined && isJsonObject(inner) && isLog(inner) ? { path, log: inner } : undefined;
}

function isLog(record: JsonObject): boolean {
  if (record['ts'] === undefined || record['ts'] === null) return false;
  const isNamed = typeof record['_path'] === 'string' || record['@proc'] === 'zeek';
  const hasConnection = typeof record['uid'] === 'string' && side(record, 'orig_h') !== undefined;
  return isNamed || hasConnection || typeof record['note'] === 'string';
}

/** `id.orig_h` as Zeek writes it, `id_orig_h` as some shippers flatten it, or nested. */
function side(log: JsonObject, name: string): JsonValue | undefined {
  const { id } = log;
  return log[`id.${name}`] ?? log[`id_${name}`] ?? (isJsonObject(id) ? id[name] : undefined);
}

/** Logs by a field that only they have. */
const signs = [
  ['conn_state', 'conn'],
  ['qtype_name', 'dns'],
  ['query', 'dns'],
  ['uri', 'http'],
  ['method', 'http'],
  ['cipher', 'ssl'],
  ['auth_success', 'ssh'],
  ['note', 'notice'],
] as const;

function pathOf(log: JsonObject): string {
  const named = text(log['_path']) ?? text(log['@stream']);
  if (named !== undefined) return named;
  return signs.find(([field]) => log[field] !== undefined)?.[1] ?? 'unknown';
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const found = logOf(record);
  if (found === undefined) return { kind: 'reject', reason: 'zeek.no_log' };
  return { kind: 'ok', drafts: [logDraft(found, context)] };
}

function logDraft({ path, log }: Log, context: RecordContext): Draft {
  const time_ns = parseTime(log['ts']);
  const ends = endsOf(path, log);
  const { fields, domain, facts, label, user } = zeekFields(path, log, time_ns ?? context.arrival_ns);
  const mark = path === 'notice' ? noticeMark(log) : undefined;
  const client = addressEntity(clientOf(log));
  const isInbound = parseAddress(ends.source?.ip)?.scope === 'external';
  const document: ToolDocument<'zeek'> = {
    message: sentence(path, log, ends, label),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: mark === undefined ? ['network'] : ['network', 'intrusion_detection'],
      type: typesOf(path, mark),
      action: path,
      outcome: outcomeOf(log),
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      ...timesOf(log, time_ns),
      module: 'zeek',
      provider: path,
    },
    observer: {
      product: 'zeek',
      vendor: 'Zeek',
      type: 'sensor',
      hostname: text(log['@system']) ?? text(log['_system_name']),
    },
    rule: mark === undefined ? undefined : { name: mark.rule.title, ruleset: 'zeek' },
    user: user === undefined ? undefined : { name: user },
    ...flowFields(ends, networkOf(path, log)),
    ...fields,
    zeek: toolFields(path, log),
  };
  return {
    time_ns,
    dataset: 'zeek.logs',
    dedupe_key: dedupeKey(path, log),
    document,
    actors: present(addressEntity(ends.source?.ip), client, connectionOf(ends)),
    targets: present(addressEntity(ends.destination?.ip), isInbound ? undefined : domainEntity(domain)),
    marks: mark === undefined ? undefined : [mark],
    facts: facts.length === 0 ? undefined : facts,
  };
}

/** `proxied` lists headers, as `X-FORWARDED-FOR -> 203.0.113.66`. */
function clientOf(log: JsonObject): string | undefined {
  const header = texts(log['proxied'])?.find((one) => one.startsWith(forwardedPrefix));
  return forwardedFor(header?.slice(forwardedPrefix.length));
}

const forwardedPrefix = 'X-FORWARDED-FOR -> ';

/** Logs that do not say their transport, because there is only one. */
const overTcp: ReadonlySet<string> = new Set(
  'http ssl ssh ftp smtp rdp smb_files smb_mapping irc mysql'.split(' '),
);

function endsOf(path: string, log: JsonObject): Ends {
  const source = endpointOf(side(log, 'orig_h') ?? log['src'], side(log, 'orig_p'));
  const destination = endpointOf(side(log, 'resp_h') ?? log['dst'], side(log, 'resp_p') ?? log['p']);
  return {
    source: measured(source, log, 'orig'),
    destination: measured(destination, log, 'resp'),
    transport: transportOf(log['proto']) ?? (overTcp.has(path) ? 'tcp' : undefined),
  };
}

function measured(end: EcsEndpoint | undefined, log: JsonObject, name: string): EcsEndpoint | undefined {
  if (end === undefined) return undefined;
  return {
    ...end,
    mac: macField(log[`${name}_l2_addr`]),
    bytes: integer(log[`${name}_ip_bytes`]) ?? integer(log[`${name}_bytes`]),
    packets: integer(log[`${name}_pkts`]),
  };
}

function networkOf(path: string, log: JsonObject): EcsNetwork {
  const service = text(text(log['service'])?.split(',', 1)[0]);
  const up = integer(log['orig_ip_bytes']) ?? integer(log['orig_bytes']);
  const down = integer(log['resp_ip_bytes']) ?? integer(log['resp_bytes']);
  const vlan = text(log['vlan']);
  return {
    protocol: path === 'conn' ? service : path === 'notice' || path === 'weird' ? undefined : path,
    community_id: text(log['community_id']),
    bytes: up === undefined || down === undefined ? undefined : up + down,
    vlan: vlan === undefined ? undefined : { id: vlan },
  };
}

function typesOf(path: string, mark: Mark | undefined): readonly string[] {
  if (mark !== undefined) return ['info'];
  return path === 'conn' ? ['connection', 'start', 'end'] : ['protocol', 'info'];
}

function outcomeOf(log: JsonObject): 'success' | 'failure' | undefined {
  const success = boolean(log['auth_success']) ?? boolean(log['success']);
  return success === undefined ? undefined : success ? 'success' : 'failure';
}

/** A connection has a length: from its first packet on. */
function timesOf(
  log: JsonObject,
  time_ns: bigint | undefined,
): Pick<NonNullable<EcsDocument['event']>, 'start' | 'end' | 'duration'> {
  const seconds = number(log['duration']);
  if (seconds === undefined || time_ns === undefined || seconds < 0 || seconds > duration_s_max) return {};
  const duration = Math.round(seconds * 1e9);
  return { start: readTimeField(time_ns), end: readTimeField(time_ns + BigInt(duration)), duration };
}

/** A month; longer is a broken clock, and would not be a safe number of nanoseconds. */
const duration_s_max = 2_678_400;

/** A connection's uid is in each of its logs; requests are told apart by what numbers them. */
function dedupeKey(path: string, log: JsonObject): string | undefined {
  const uid = text(log['uid']);
  if (uid === undefined) return undefined;
  const parts = ['trans_id', 'trans_depth', 'fuid', 'note', 'name', 'command', 'arg', 'query', 'rtt'];
  return `${path}|${uid}|${text(log['ts'])}|${parts.map((part) => text(log[part]) ?? '').join('|')}`;
}

/** What is in ECS already, and passwords of FTP, stay out. */
const mapped: ReadonlySet<string> = new Set(
  (
    '_path _write_ts @stream @system @proc ts password id id.orig_h id.orig_p id.resp_h id.resp_p ' +
    'id_orig_h id_orig_p id_resp_h id_resp_p proto duration user_agent community_id orig_l2_addr resp_l2_addr ' +
    'orig_bytes resp_bytes orig_ip_bytes resp_ip_bytes orig_pkts resp_pkts'
  ).split(' '),
);

function toolFields(path: string, log: JsonObject): Record<string, JsonValue> {
  const rest: Record<string, JsonValue> = { path };
  for (const key in log) {
    const value = log[key];
    if (value !== undefined && value !== null && value !== '-' && !mapped.has(key) && key !== '__proto__') {
      rest[key] = value;
    }
  }
  return rest;
}

/** `Zeek dns: 10.0.1.4:64842 to 10.0.0.4:53 (A example.com)`. */
function sentence(path: string, log: JsonObject, ends: Ends, label: string | undefined): string {
  const way = `${endText(ends.source)} to ${endText(ends.destination)}`;
  const note = text(log['note']);
  if (note !== undefined) return `${note}: ${text(log['msg']) ?? 'notice'}, ${way}`;
  return `Zeek ${path}: ${way}${label === undefined ? '' : ` (${label})`}`;
}
