import type { ToolDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** Tetragon about itself: it dropped or throttled events. */
export type SensorKind = 'process_throttle' | 'rate_limit_info';

/** A blind spot of the sensor, kept as an event so that a timeline can say what it could not see. */
export function sensorDraft(kind: SensorKind, event: JsonObject, record: JsonObject): Draft {
  const node = text(record['node_name']);
  const time_ns = parseTime(record['time']);
  const on = node === undefined ? '' : ` on ${node}`;
  const dropped = text(event['number_of_dropped_process_events']);
  const what =
    kind === 'rate_limit_info'
      ? `Tetragon dropped ${dropped ?? 'some'} process events`
      : `Tetragon throttles ${text(event['cgroup']) ?? 'a cgroup'} (${text(event['type']) ?? 'throttle'})`;
  const document: ToolDocument<'tetragon'> = {
    message: `${what}${on}`,
    event: {
      kind: 'event',
      category: ['host'],
      type: ['info'],
      action: kind === 'rate_limit_info' ? 'event-drop' : 'throttle',
      severity: 47,
      module: 'tetragon',
      provider: kind,
    },
    observer: { product: 'tetragon', vendor: 'Cilium', type: 'sensor', hostname: node },
    host: node === undefined ? undefined : { name: node },
    tetragon: { type: kind, ...event },
  };
  return {
    time_ns,
    dataset: 'tetragon.sensor',
    dedupe_key: undefined,
    document,
    actors: [],
    targets: [],
  };
}
