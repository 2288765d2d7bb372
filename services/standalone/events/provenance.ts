import type { NormalisedEvent } from '#shared/event/event.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue, parseJson } from '#shared/event/json.ts';
import { formatTime, parseTime } from '#shared/event/time.ts';

/** A field of a document and where its value came from. */
export interface FieldOrigin {
  readonly field: string;
  readonly value: string;
  readonly origin: string;
}

/** Fields that the pipeline itself fills, and from what. */
const made = new Map([
  ['event.id', 'hash of scope, dataset and the tool’s own key of the event (or of the bytes)'],
  ['event.hash', 'SHA-256 of the record as it came'],
  ['event.ingested', 'clock of this run'],
  ['event.created', 'arrival of the record'],
  ['event.dataset', 'the format'],
  ['ecs.version', 'Breakwater'],
  ['data_stream.type', 'Breakwater'],
  ['data_stream.dataset', 'the format'],
  ['data_stream.namespace', 'setting BREAKWATER_NAMESPACE'],
  ['breakwater.scope', 'sender’s token, or setting BREAKWATER_SCOPE'],
  ['breakwater.family', 'topic'],
  ['breakwater.format', 'shape of the record'],
]);

/** Where each value of an event's document came from: a path in the tool's record, the pipeline, or the format's reading of it. */
export function originsOf(event: NormalisedEvent, record: string): readonly FieldOrigin[] {
  const paths = pathsByValue(record);
  const origins: FieldOrigin[] = [];
  const parsed = parseJson(JSON.stringify(event.document));
  if (parsed.kind === 'invalid') return origins;
  walk(parsed.value, '', (field, value) => {
    if (field === 'event.original') return;
    origins.push({ field, value: shown(value), origin: originOf(field, value, paths, event) });
  });
  return origins;
}

function originOf(
  field: string,
  value: JsonValue,
  paths: ReadonlyMap<string, string>,
  event: NormalisedEvent,
): string {
  const known = made.get(field) ?? (field.startsWith('breakwater.source.') ? 'place in Kafka' : undefined);
  if (known !== undefined) return known;
  if (field.startsWith('breakwater.time.')) return 'event time compared with arrival';
  if (field.startsWith('related.')) return 'the other fields';
  if (chosen.test(field)) return `chosen by format ${event.format}`;
  const path = paths.get(keyOf(value)) ?? paths.get(keyOf(timeKey(value)));
  if (path !== undefined) return path;
  return field === '@timestamp' && event.document.breakwater?.time?.source !== 'tool'
    ? 'arrival of the record'
    : `derived by format ${event.format}`;
}

/** The shortest path to each value of the record; of JSON inside a string, too. */
function pathsByValue(record: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const parsed = parseJson(record);
  if (parsed.kind === 'invalid') return paths;
  walk(parsed.value, '', (path, value) => {
    for (const key of [keyOf(value), keyOf(timeKey(value))]) {
      const known = paths.get(key);
      if (key !== '' && (known === undefined || path.length < known.length)) paths.set(key, path);
    }
  });
  return paths;
}

function keyOf(value: JsonValue | undefined): string {
  return value === undefined || typeof value === 'object' ? '' : String(value).toLowerCase();
}

/** Times are compared as times. */
function timeKey(value: JsonValue): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const time_ns = String(value).length < 9 ? undefined : parseTime(value);
  return time_ns === undefined || time_ns < 0n ? undefined : `time ${formatTime(time_ns)}`;
}

/** Words of ECS and of Breakwater that may stand in a record by chance. */
const chosen =
  /^(?:event\.(?:kind|category|type|outcome|module|provider|severity)|observer\.(?:product|vendor|type)|orchestrator\.type)$/;

type Visit = (path: string, value: JsonValue) => void;

function walk(value: JsonValue, path: string, visit: Visit): void {
  if (isList(value)) for (const item of value) walk(item, path === '' ? '[]' : path, visit);
  else if (isJsonObject(value)) walkMembers(value, path, visit);
  else if (value !== null) visit(path, value);
}

function walkMembers(value: JsonObject, path: string, visit: Visit): void {
  for (const [key, member] of Object.entries(value))
    walk(member, path === '' ? key : `${path}.${key}`, visit);
}

function shown(value: JsonValue): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
