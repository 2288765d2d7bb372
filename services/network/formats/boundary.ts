import { addressEntity } from '#shared/event/address.ts';
import type { EcsDocument, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseEmbedded } from '#shared/event/json.ts';
import { at, integer, object, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { urlFields } from '#shared/event/url.ts';
import { present } from './flow.ts';
import { personEntity, userFields } from './people.ts';

/** Events of HashiCorp Boundary: CloudEvents of its controllers and workers, alone or behind a line's prefix. */
export const boundary: Format = { name: 'boundary', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return eventInLine(record) !== undefined;
  return isJsonObject(record) && isEvent(record);
}

function isEvent(record: JsonObject): boolean {
  return (
    typeof record['specversion'] === 'string' &&
    isJsonObject(record['data']) &&
    text(record['source'])?.includes('boundary') === true
  );
}

/** Characters of a line in which an event is looked for. */
const line_length_max = 1_000_000;

/** Workers are often logged through syslog, which puts its header before the JSON. */
function eventInLine(line: string): JsonObject | undefined {
  const start = line.indexOf('{"id":');
  if (start === -1 || line.length > line_length_max || !line.includes('"specversion"')) return undefined;
  const value = parseEmbedded(line.slice(start));
  return isJsonObject(value) && isEvent(value) ? value : undefined;
}

function normalise(record: JsonObject | string): FormatResult {
  const event = typeof record === 'string' ? eventInLine(record) : record;
  if (event === undefined) return { kind: 'reject', reason: 'boundary.no_event' };
  return { kind: 'ok', drafts: [eventDraft(event, object(event['data']) ?? {})] };
}

function eventDraft(event: JsonObject, data: JsonObject): Draft {
  const type = text(event['type']) ?? 'event';
  const id = text(event['id']);
  const isRequest = object(data['request_info']) !== undefined;
  const client = endpointOf(at(data, 'request_info', 'client_ip'));
  const caller = callerOf(data);
  return {
    time_ns: parseTime(data['timestamp']) ?? parseTime(event['time']),
    dataset: 'boundary.events',
    dedupe_key: id === undefined ? undefined : `${id}|${text(event['time']) ?? ''}`,
    document: isRequest ? requestDocument(event, data, type) : systemDocument(event, data, type),
    actors: isRequest
      ? present(personEntity(caller.name ?? caller.id), sessionOf(data), addressEntity(client?.ip))
      : [],
    targets: [],
  };
}

/** Personal data is redacted by default: then only the id of the user remains. */
function callerOf(data: JsonObject): { readonly name: string | undefined; readonly id: string | undefined } {
  const auth = object(data['auth']);
  const name =
    shown(auth?.['user_email']) ?? shown(auth?.['user_name']) ?? shown(at(auth, 'user_info', 'email'));
  return { name, id: shown(at(auth, 'user_info', 'id')) };
}

function shown(value: JsonValue | undefined): string | undefined {
  const found = text(value);
  return found === '[REDACTED]' ? undefined : found;
}

function sessionOf(data: JsonObject): Entity | undefined {
  const token = shown(at(data, 'auth', 'auth_token_id'));
  return token === undefined ? undefined : entity('session', token);
}

function requestDocument(event: JsonObject, data: JsonObject, type: string): ToolDocument<'boundary'> {
  const request = object(data['request_info']);
  const path = text(request?.['path']);
  const method = text(request?.['method']);
  const status = integer(at(data, 'response', 'status_code'));
  const caller = callerOf(data);
  const isFailure = status !== undefined && status >= 400;
  const isAuthentication = path?.includes(':authenticate') === true;
  const client = endpointOf(request?.['client_ip']);
  const who = caller.name ?? caller.id ?? 'A worker';
  return {
    message:
      `${who}${client === undefined ? '' : ` from ${client.ip ?? '?'}`}: ${method ?? '?'} ${path ?? ''}${status === undefined ? '' : ` ${status}`}`.trimEnd(),
    event: {
      kind: 'event',
      category: isAuthentication ? ['api', 'authentication'] : ['api'],
      type: typesOf(method, path, isFailure),
      action: actionOf(method, path),
      outcome: status === undefined ? undefined : isFailure ? 'failure' : 'success',
      module: 'boundary',
      provider: type,
    },
    observer: observerOf(event),
    user: userFields(caller.name, caller.id),
    source: client,
    http: httpFields(method, status, text(request?.['id'])),
    url: urlFields(path),
    boundary: {
      type,
      id: text(data['id']),
      correlation_id: text(data['correlation_id']),
      public_id: text(request?.['public_id']),
      auth_token_id: text(at(data, 'auth', 'auth_token_id')),
      request: object(data['request']),
    },
  };
}

/** gRPC methods between worker and controller are paths, too, but no HTTP methods. */
function httpFields(
  method: string | undefined,
  status: number | undefined,
  id: string | undefined,
): EcsDocument['http'] {
  const isHttp = method !== undefined && !method.startsWith('/');
  return {
    request: isHttp ? { method, id } : { id },
    response: status === undefined ? undefined : { status_code: status },
  };
}

function typesOf(
  method: string | undefined,
  path: string | undefined,
  isFailure: boolean,
): readonly string[] {
  const verdict = isFailure ? 'denied' : 'allowed';
  if (path?.includes(':authorize-session') === true) return ['access', verdict];
  return [deeds.get(method ?? '') ?? 'access', verdict];
}

const deeds: ReadonlyMap<string, string> = new Map([
  ['POST', 'creation'],
  ['PATCH', 'change'],
  ['PUT', 'change'],
  ['DELETE', 'deletion'],
]);

/** `authorize-session` of `/v1/targets/ttcp_1:authorize-session`, else the last part of a gRPC method, else the verb. */
function actionOf(method: string | undefined, path: string | undefined): string | undefined {
  const bare = path?.split('?', 1)[0];
  const colon = bare?.lastIndexOf(':') ?? -1;
  if (bare !== undefined && colon !== -1) return text(bare.slice(colon + 1));
  return method?.startsWith('/') === true
    ? text(method.slice(method.lastIndexOf('/') + 1))
    : method?.toLowerCase();
}

function observerOf(event: JsonObject): ToolDocument<'boundary'>['observer'] {
  const source = text(event['source']);
  const [, host] = source?.split('/boundary/') ?? [];
  return { product: 'boundary', vendor: 'HashiCorp', type: 'proxy', hostname: text(host?.split('/', 1)[0]) };
}

/** What controllers and workers say of themselves, and their errors. */
function systemDocument(event: JsonObject, data: JsonObject, type: string): ToolDocument<'boundary'> {
  const error = text(data['error']);
  const operation = text(data['op']);
  const what = error ?? text(at(data, 'data', 'msg')) ?? operation ?? type;
  return {
    message: `Boundary ${type}: ${what}`,
    event: {
      kind: 'event',
      category: ['host'],
      type: ['info'],
      action: operation ?? type,
      module: 'boundary',
      provider: type,
    },
    observer: observerOf(event),
    error: error === undefined ? undefined : { message: error },
    boundary: { type, op: operation, data: data['data'], error_fields: data['error_fields'] },
  };
}
