import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { object, text } from '#shared/event/read.ts';
import { documentOf } from './hubble-document.ts';
import { actorsOf, factsOf, targetsOf } from './hubble-entities.ts';
import { type HubbleFlow, readFlow } from './hubble-flow.ts';
import { policyMark } from './hubble-policy.ts';
import { type HubbleSensorKind, hubbleSensor } from './hubble-sensor.ts';

/** Flows of Cilium's Hubble, from its exporter, `hubble observe`, or bare; and what the observer says of itself. */
export const hubble: Format = { name: 'hubble', family: 'network', recognises, normalise };

const sensorKinds: readonly HubbleSensorKind[] = ['lost_events', 'node_status', 'agent_event'];

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const { flow } = record;
  if (isJsonObject(flow)) return isFlow(flow);
  if (sensorKinds.some((kind) => isJsonObject(record[kind])) || isJsonObject(record['debug_event'])) {
    return record['node_name'] !== undefined || record['time'] !== undefined;
  }
  return typeof record['verdict'] === 'string' && record['event_type'] !== 'flow' && isFlow(record);
}

/** A field mask may leave little; other tools' `flow` objects have none of these. */
function isFlow(flow: JsonObject): boolean {
  return (
    isJsonObject(flow['IP']) ||
    isJsonObject(flow['l4']) ||
    isJsonObject(flow['l7']) ||
    (typeof flow['verdict'] === 'string' && (isJsonObject(flow['source']) || flow['Type'] !== undefined))
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const { flow } = record;
  if (isJsonObject(flow)) return { kind: 'ok', drafts: [flowDraft(readFlow(flow, record, context))] };
  const kind = sensorKinds.find((candidate) => isJsonObject(record[candidate]));
  if (kind !== undefined) return { kind: 'ok', drafts: [hubbleSensor(kind, record)] };
  if (isJsonObject(record['debug_event'])) return { kind: 'drop', reason: 'hubble.debug_event' };
  return { kind: 'ok', drafts: [flowDraft(readFlow(record, record, context))] };
}

function flowDraft(flow: HubbleFlow): Draft {
  const mark = policyMark(flow);
  return {
    time_ns: flow.time_ns,
    dataset: 'hubble.flows',
    dedupe_key: dedupeKey(flow),
    document: documentOf(flow, mark),
    actors: actorsOf(flow),
    targets: targetsOf(flow),
    marks: mark === undefined ? undefined : [mark],
    facts: factsOf(flow),
  };
}

/** Newer Hubble gives each flow a uuid; before, everything that two observations of a packet differ in. */
function dedupeKey(flow: HubbleFlow): string | undefined {
  const { raw, ends } = flow;
  const uuid = text(raw['uuid']);
  if (uuid !== undefined) return uuid;
  const time = text(raw['time']);
  if (time === undefined) return undefined;
  const { source, destination } = ends;
  const observed = object(raw['event_type']);
  const where = `${flow.node}|${text(raw['trace_observation_point'])}|${text(observed?.['type'])}/${text(observed?.['sub_type'])}`;
  const tuple = `${ends.transport}|${source?.ip}:${source?.port}|${destination?.ip}:${destination?.port}|${flow.is_reply}`;
  return `${time}|${where}|${tuple}|${text(raw['Type'])}|${flow.verdict}|${flow.layer7?.label ?? ''}`;
}
