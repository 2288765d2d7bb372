import { Client } from '@elastic/elasticsearch';
import { z } from 'zod';

const page_size = 5000;
const documentShape = z.object({ event: z.object({ id: z.string() }).optional() });

/** What a drill reads of Elasticsearch. */
export interface Indexed {
  /** `event.id` of every document of every backing index, repeats included; with a field, of those with its value. */
  eventIds(field?: string, value?: string): Promise<readonly string[]>;
  /** Incident documents of a scope as JSON text, sorted. */
  incidents(scope: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function openIndexed(url: string, namespace: string): Indexed {
  const client = new Client({ node: url, requestTimeout: 30_000 });
  const events = `logs-*-${namespace},-logs-breakwater.*`;
  const incidents = `breakwater-incidents-${namespace}`;
  const options = { ignore_unavailable: true, allow_no_indices: true };
  return {
    eventIds: async (field, value) => {
      await client.indices.refresh({ index: events, ...options });
      const ids: string[] = [];
      let after: string[] | undefined;
      for (;;) {
        const page = await client.search({
          index: events,
          ...options,
          size: page_size,
          ...(field === undefined ? {} : { query: { term: { [field]: value ?? '' } } }),
          _source: ['event.id'],
          sort: [{ 'event.id': 'asc' }, { '@timestamp': 'asc' }],
          ...(after === undefined ? {} : { search_after: after }),
        });
        for (const hit of page.hits.hits)
          ids.push(documentShape.parse(hit._source).event?.id ?? hit._id ?? '');
        if (page.hits.hits.length < page_size) return ids;
        after = page.hits.hits.at(-1)?.sort?.map(String);
      }
    },
    incidents: async (scope) => {
      await client.indices.refresh({ index: incidents, ...options });
      const found = await client.search({
        index: incidents,
        ...options,
        size: 1000,
        query: {
          bool: {
            filter: { term: { 'incident.scope': scope } },
            must_not: { terms: { 'incident.status': ['merged', 'candidate'] } },
          },
        },
      });
      return found.hits.hits.map((hit) => JSON.stringify(hit._source)).toSorted();
    },
    close: () => client.close(),
  };
}
