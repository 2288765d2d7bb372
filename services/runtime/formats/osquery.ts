import { addressEntity } from '#shared/event/address.ts';
import type { EcsFile, EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily, endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { baseName } from '#shared/event/file-path.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Activity } from './activity.ts';

/** Results of osquery's scheduled queries: rows that came or went, differences in one batch, snapshots. */
export const osquery: Format = { name: 'osquery', family: 'runtime', recognises, normalise };

/** Rows of one batch that become events of their own; more are kept together in one. */
const rows_max = 1_000;

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record) || typeof record['name'] !== 'string') return false;
  if (record['unixTime'] === undefined && record['calendarTime'] === undefined) return false;
  const hasRow = isJsonObject(record['columns']) && typeof record['action'] === 'string';
  return hasRow || isList(record['snapshot']) || isJsonObject(record['diffResults']);
}

function normalise(record: JsonObject): FormatResult {
  const result = readResult(record);
  const columns = object(record['columns']);
  if (columns !== undefined) {
    return { kind: 'ok', drafts: [rowDraft(result, columns, text(record['action']) ?? 'added', 0)] };
  }
  if (isList(record['snapshot']))
    return { kind: 'ok', drafts: [tableDraft(result, 'snapshot', record['snapshot'])] };
  return differences(result, object(record['diffResults']) ?? {});
}

/** What every result says. */
interface Result {
  readonly query: string;
  readonly host: string | undefined;
  readonly time_ns: bigint | undefined;
  readonly counter: string;
  readonly record: JsonObject;
}

function readResult(record: JsonObject): Result {
  return {
    query: text(record['name']) ?? 'query',
    host: text(record['hostIdentifier']) ?? text(record['hostname']),
    time_ns: parseTime(record['unixTime']) ?? parseTime(record['calendarTime']),
    counter: `${text(record['epoch']) ?? ''}/${text(record['counter']) ?? ''}`,
    record,
  };
}

function differences(result: Result, rows: JsonObject): FormatResult {
  const added = objects(rows['added']);
  const removed = objects(rows['removed']);
  if (added.length + removed.length === 0) return { kind: 'drop', reason: 'osquery.no_difference' };
  if (added.length + removed.length > rows_max) {
    return { kind: 'ok', drafts: [tableDraft(result, 'differences', [...added, ...removed])] };
  }
  const drafts = added.map((columns, index) => rowDraft(result, columns, 'added', index));
  drafts.push(...removed.map((columns, index) => rowDraft(result, columns, 'removed', index)));
  return { kind: 'ok', drafts };
}

function rowDraft(result: Result, columns: JsonObject, action: string, index: number): Draft {
  const destination = endpointOf(columns['remote_address'], columns['remote_port']);
  const process = processOf(columns);
  const target = addressEntity(destination?.ip);
  return {
    time_ns: result.time_ns,
    dataset: 'osquery.results',
    dedupe_key: `${result.host}|${result.query}|${text(result.record['unixTime'])}|${result.counter}|${action}|${index}|${JSON.stringify(columns)}`,
    document: rowDocument(result, columns, action),
    actors: actorsOf(result, process),
    targets: target === undefined ? [] : [target],
  };
}

function actorsOf(result: Result, process: EcsProcess | undefined): Entity[] {
  if (result.host === undefined) return [];
  const node = entity('node', result.host);
  return process?.pid === undefined ? [node] : [entity('process', `${result.host}/${process.pid}`), node];
}

function rowDocument(result: Result, columns: JsonObject, action: string): ToolDocument<'osquery'> {
  const source = endpointOf(columns['local_address'], columns['local_port']);
  const destination = endpointOf(columns['remote_address'], columns['remote_port']);
  const activity = activityOf(columns, action);
  const process = processOf(columns);
  const user = userOf(columns);
  return {
    message: `osquery ${result.query}: ${action} ${labelOf(columns)}${result.host === undefined ? '' : ` on host ${result.host}`}`,
    event: {
      kind: 'event',
      category: activity.category,
      type: activity.type,
      action,
      module: 'osquery',
      provider: result.query,
    },
    observer: { product: 'osquery', vendor: 'osquery', type: 'sensor', hostname: result.host },
    host: result.host === undefined ? undefined : { name: result.host },
    process,
    user,
    file: fileOf(columns),
    source,
    destination,
    network:
      source === undefined && destination === undefined
        ? undefined
        : { transport: transportOf(columns['protocol']), type: addressFamily(destination?.ip ?? source?.ip) },
    osquery: { name: result.query, action, columns, decorations: result.record['decorations'] },
  };
}

/** What a row is about, from the columns that osquery's tables share. */
function activityOf(columns: JsonObject, action: string): Activity {
  if (columns['remote_address'] !== undefined || columns['local_port'] !== undefined) {
    return { category: ['network'], type: ['connection', action === 'removed' ? 'end' : 'start'] };
  }
  if (columns['target_path'] !== undefined) return { category: ['file'], type: ['change'] };
  if (columns['pid'] !== undefined) {
    return { category: ['process'], type: [action === 'removed' ? 'end' : 'start'] };
  }
  return { category: ['host'], type: [action === 'snapshot' ? 'info' : 'change'] };
}

function processOf(columns: JsonObject): EcsProcess | undefined {
  const pid = integer(columns['pid']);
  if (pid === undefined) return undefined;
  const executable = text(columns['path']);
  const parent = integer(columns['parent']);
  return {
    pid,
    name: text(columns['name']) ?? baseName(executable),
    executable,
    command_line: text(columns['cmdline']),
    working_directory: text(columns['cwd']),
    parent: parent === undefined ? undefined : { pid: parent },
  };
}

function userOf(columns: JsonObject): ToolDocument<'osquery'>['user'] {
  const name = text(columns['username']) ?? text(columns['user']);
  const id = text(columns['uid']);
  return name === undefined && id === undefined ? undefined : { name, id };
}

function fileOf(columns: JsonObject): EcsFile | undefined {
  const path = text(columns['target_path']);
  if (path === undefined) return undefined;
  const sha256 = text(columns['sha256']);
  return {
    path,
    name: baseName(path),
    size: integer(columns['size']),
    hash: sha256 === undefined ? undefined : { sha256 },
  };
}

function labelOf(columns: JsonObject): string {
  const names = ['cmdline', 'target_path', 'path', 'name', 'username', 'remote_address'];
  for (const name of names) {
    const value = text(columns[name]);
    if (value !== undefined) return value;
  }
  return 'a row';
}

/** A whole table at a moment, or more differences than events are made of: one event, with its rows. */
function tableDraft(result: Result, action: string, rows: readonly JsonValue[]): Draft {
  const on = result.host === undefined ? '' : ` on host ${result.host}`;
  const document: ToolDocument<'osquery'> = {
    message: `osquery ${result.query}: ${action} of ${rows.length} rows${on}`,
    event: {
      kind: 'state',
      category: ['host'],
      type: ['info'],
      action,
      module: 'osquery',
      provider: result.query,
    },
    observer: { product: 'osquery', vendor: 'osquery', type: 'sensor', hostname: result.host },
    host: result.host === undefined ? undefined : { name: result.host },
    osquery: { name: result.query, action, row_count: rows.length, rows },
  };
  return {
    time_ns: result.time_ns,
    dataset: 'osquery.results',
    dedupe_key: undefined,
    document,
    actors: [],
    targets: [],
  };
}
