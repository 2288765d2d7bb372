import { join } from 'node:path';
import { createFileSink, fileName } from '#shared/search/files/sink.ts';
import { incidentChangeStream, incidentIndex, timelineIndex } from '#shared/search/names.ts';
import type { SearchSink } from '#shared/search/port.ts';

/** Files of a replay; `changes` is how incidents came to be, and depends on the order of arrival. */
const files = {
  events: 'events',
  incidents: 'incidents',
  timeline: 'timeline',
  changes: 'incident-changes',
} as const;

/** Where a replay's sink writes. */
export function sinkFile(folder: string, name: keyof typeof files): string {
  return join(folder, fileName(files[name]));
}

/** A file sink that gathers all events in one file, and the incidents, timelines and changes in one each. */
export function createReplaySink(folder: string, namespace: string): SearchSink {
  const sink = createFileSink(folder);
  const renamed = new Map<string, string>([
    [incidentIndex(namespace), files.incidents],
    [timelineIndex(namespace), files.timeline],
    [incidentChangeStream(namespace), files.changes],
  ]);
  return {
    ...sink,
    write: (writes, options) =>
      sink.write(
        writes.map((write) => ({ ...write, index: renamed.get(write.index) ?? files.events })),
        options,
      ),
  };
}
