import type { Incident, TimelineEntry } from '#shared/avro/types.generated.ts';
import { formatTime, fromMilliseconds } from '#shared/event/time.ts';
import { incidentChangeStream, incidentIndex, timelineIndex } from '#shared/search/names.ts';
import type { SearchWrite } from '#shared/search/port.ts';
import { textAt } from './original.ts';

/** The current state of an incident, and the change that led to it. */
export function incidentWrites(
  incident: Incident,
  namespace: string,
  record_timestamp_ms: number,
): readonly SearchWrite[] {
  const { id, write_version: version, document } = incident;
  const safe_document = () => safeIncident(incident, record_timestamp_ms);
  return [
    { index: incidentIndex(namespace), id, action: 'put', version, document, safe_document },
    {
      index: incidentChangeStream(namespace),
      id: `${id}.${version}`,
      action: 'create',
      document,
      safe_document,
    },
  ];
}

/** A row of a timeline. Its id is the event's: a merge moves the row, and an event that left takes it along. */
export function timelineWrites(entry: TimelineEntry, namespace: string): readonly SearchWrite[] {
  const { event_id: id, write_version: version, document } = entry;
  const row = { index: timelineIndex(namespace), id, version };
  return document === null ? [{ ...row, action: 'remove' }] : [{ ...row, action: 'put', document }];
}

/** The time of the incident if it can be read, else the time of its record. */
function safeIncident({ id, status, document }: Incident, record_timestamp_ms: number): string {
  const time = textAt(document, '@timestamp') ?? formatTime(fromMilliseconds(record_timestamp_ms));
  return JSON.stringify({
    '@timestamp': time,
    event: { kind: 'pipeline_error', original: document },
    incident: { id, status },
  });
}
