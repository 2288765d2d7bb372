import { join } from 'node:path';
import { z } from 'zod';
import { createFileSink, fileName } from '#shared/search/files/sink.ts';
import { incidentChangeStream, incidentIndex, timelineIndex } from '#shared/search/names.ts';
import type { SearchSink, SearchWrite } from '#shared/search/port.ts';

/** Files of a replay; `changes` is how incidents came to be, and depends on the order of arrival. */
const files = {
  events: 'events',
  incidents: 'incidents',
  timeline: 'timeline',
  changes: 'incident-changes',
} as const;

const retiredShape = z.object({ incident: z.object({ status: z.enum(['merged', 'candidate']) }) });

/** Where a replay's sink writes. */
export function sinkFile(folder: string, name: keyof typeof files): string {
  return join(folder, fileName(files[name]));
}

/**
 * A file sink that gathers all events in one file, and the incidents, timelines and changes in one each. Incidents that
 * were merged or are no more are taken out: which ones there were depends on the order of arrival.
 */
export function createReplaySink(folder: string, namespace: string): SearchSink {
  const sink = createFileSink(folder);
  const incidents = incidentIndex(namespace);
  const renamed = new Map<string, string>([
    [incidents, files.incidents],
    [timelineIndex(namespace), files.timeline],
    [incidentChangeStream(namespace), files.changes],
  ]);
  return {
    ...sink,
    write: (writes, options) =>
      sink.write(
        writes.map((write) => {
          const index = renamed.get(write.index) ?? files.events;
          return write.index === incidents && isRetired(write)
            ? { index, id: write.id, action: 'remove', version: write.version }
            : { ...write, index };
        }),
        options,
      ),
  };
}

function isRetired({ document }: SearchWrite): boolean {
  return retiredShape.safeParse(JSON.parse(document ?? 'null')).success;
}
