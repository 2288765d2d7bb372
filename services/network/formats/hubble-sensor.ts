import type { ToolDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** What the observer says of itself in the stream of flows. */
export type HubbleSensorKind = 'lost_events' | 'node_status' | 'agent_event';

/** Lost flows and nodes that went away are blind spots; agent events are the agent's own history. */
export function hubbleSensor(kind: HubbleSensorKind, record: JsonObject): Draft {
  const fields = object(record[kind]) ?? {};
  const node = text(record['node_name']) ?? texts(fields['node_names'])?.join(', ');
  const { message, action, isBlind } = describe(kind, fields);
  const document: ToolDocument<'hubble'> = {
    message: node === undefined ? message : `${message} on ${node}`,
    event: {
      kind: 'event',
      category: ['host'],
      type: ['info'],
      action,
      severity: isBlind ? 47 : 21,
      module: 'hubble',
      provider: kind,
    },
    observer: { product: 'hubble', vendor: 'Cilium', type: 'sensor', hostname: node },
    host: node === undefined ? undefined : { name: node },
    hubble: { [kind]: fields },
  };
  return {
    time_ns: parseTime(record['time']),
    dataset: 'hubble.sensor',
    dedupe_key: undefined,
    document,
    actors: [],
    targets: [],
  };
}

function describe(
  kind: HubbleSensorKind,
  fields: JsonObject,
): { message: string; action: string; isBlind: boolean } {
  switch (kind) {
    case 'lost_events': {
      const count = text(fields['num_events_lost']) ?? 'some';
      return {
        message: `Hubble lost ${count} flows (${text(fields['source']) ?? 'unknown source'})`,
        action: 'event-drop',
        isBlind: true,
      };
    }
    case 'node_status': {
      const state = text(fields['state_change']) ?? 'UNKNOWN';
      return {
        message: `Hubble node status ${state}`,
        action: 'node-status',
        isBlind: state !== 'NODE_CONNECTED',
      };
    }
    case 'agent_event': {
      const type = text(fields['type']) ?? 'event';
      return { message: `Cilium agent ${type}`, action: 'agent-event', isBlind: false };
    }
  }
}
