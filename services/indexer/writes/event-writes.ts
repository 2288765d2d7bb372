import type { Event } from '#shared/avro/types.generated.ts';
import { formatTime } from '#shared/event/time.ts';
import { eventStream } from '#shared/search/names.ts';
import type { SearchWrite } from '#shared/search/port.ts';
import { originalOf } from './original.ts';

/** A part of a data stream's name. */
const dataset_pattern = /^[a-z0-9][a-z0-9_.]{0,99}$/;

/** Whether events of this dataset can have a data stream. */
export function isDataset(dataset: string): boolean {
  return dataset_pattern.test(dataset);
}

/** The document as the family service wrote it, under the event's own id. */
export function eventWrites(event: Event, namespace: string): readonly SearchWrite[] {
  return [
    {
      index: eventStream(event.dataset, namespace),
      id: event.id,
      action: 'create',
      document: event.document,
      safe_document: () => safeEvent(event),
    },
  ];
}

/** What always fits the mapping: what the event is, where it is from, and its original. */
function safeEvent(event: Event): string {
  const { topic, partition, offset } = event.source;
  return JSON.stringify({
    '@timestamp': formatTime(event.time_ns),
    event: {
      id: event.id,
      hash: event.hash,
      dataset: event.dataset,
      kind: 'pipeline_error',
      original: originalOf(event.document),
    },
    breakwater: {
      scope: event.scope,
      family: event.family,
      format: event.format,
      source: { topic, partition, offset: String(offset) },
    },
  });
}
