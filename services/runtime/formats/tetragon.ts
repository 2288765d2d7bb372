import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import type { ProcessKind } from './tetragon-details.ts';
import { documentOf } from './tetragon-document.ts';
import { actorsOf, factsOf, targetsOf } from './tetragon-entities.ts';
import { readEvent, type TetragonEvent } from './tetragon-event.ts';
import { policyVerdict } from './tetragon-policy.ts';
import { sensorDraft, type SensorKind } from './tetragon-sensor.ts';

/** Events of Tetragon as its export writes them: protojson, one kind of event a record. */
export const tetragon: Format = { name: 'tetragon', family: 'runtime', recognises, normalise };

type Kind = ProcessKind | SensorKind | 'test';

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['process_exec', 'process_exec'],
  ['process_exit', 'process_exit'],
  ['process_kprobe', 'process_kprobe'],
  ['process_lsm', 'process_lsm'],
  ['process_tracepoint', 'process_tracepoint'],
  ['process_uprobe', 'process_uprobe'],
  ['process_usdt', 'process_usdt'],
  ['process_loader', 'process_loader'],
  ['process_connect', 'process_connect'],
  ['process_accept', 'process_accept'],
  ['process_listen', 'process_listen'],
  ['process_close', 'process_close'],
  ['process_dns', 'process_dns'],
  ['process_throttle', 'process_throttle'],
  ['rate_limit_info', 'rate_limit_info'],
  ['test', 'test'],
]);

/** A record has one kind of event and a few fields of its own; anything larger is someone else's. */
const record_keys_max = 12;

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && kindOf(record) !== undefined;
}

function kindOf(record: JsonObject): Kind | undefined {
  let looked = 0;
  for (const key in record) {
    const kind = kinds.get(key);
    if (kind !== undefined && isJsonObject(record[key])) {
      return kind === 'test' && record['node_name'] === undefined ? undefined : kind;
    }
    if (++looked === record_keys_max) return undefined;
  }
  return undefined;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const kind = kindOf(record);
  const event = kind === undefined ? undefined : record[kind];
  if (kind === undefined || !isJsonObject(event)) return { kind: 'reject', reason: 'tetragon.no_event' };
  if (kind === 'test') return { kind: 'drop', reason: 'tetragon.test_event' };
  const draft =
    kind === 'process_throttle' || kind === 'rate_limit_info'
      ? sensorDraft(kind, event, record)
      : processDraft(readEvent(kind, event, record, context));
  return { kind: 'ok', drafts: [draft] };
}

function processDraft(parts: TetragonEvent): Draft {
  const verdict = policyVerdict(parts.event);
  return {
    time_ns: parts.time_ns,
    dataset: 'tetragon.events',
    dedupe_key: dedupeKey(parts),
    document: documentOf(parts, verdict),
    actors: actorsOf(parts),
    targets: targetsOf(parts),
    marks: verdict === undefined ? undefined : [verdict.mark],
    facts: factsOf(parts),
  };
}

function dedupeKey({ kind, process, time_ns, details }: TetragonEvent): string | undefined {
  if (process.entity_id === undefined || time_ns === undefined) return undefined;
  return `${kind}|${process.entity_id}|${time_ns}|${details.action}`;
}
