import { call, unavailable } from '#shared/search/elasticsearch/call.ts';
import { createClient, request_timeout_ms } from '#shared/search/elasticsearch/client.ts';
import type { SearchRequest } from '#shared/search/elasticsearch/exchange.ts';

/** Reads the search copy back. */
export interface CopyReader {
  /** The documents of a data stream by id; those that are not there are left out. At most 1,000 ids. */
  read(index: string, ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
  close(): Promise<void>;
}

/** Reads from Elasticsearch, in whatever backing index a document lies. */
export function createElasticsearchCopyReader(url: string): CopyReader {
  const client = createClient({ url });
  return {
    read: async (index, ids) => {
      const stream = `/${encodeURIComponent(index)}`;
      const query = { ignore_unavailable: true };
      await call(client, {
        method: 'POST',
        path: `${stream}/_refresh`,
        query,
        timeout_ms: request_timeout_ms,
      });
      const request: SearchRequest = {
        method: 'POST',
        path: `${stream}/_search`,
        query: { ...query, allow_partial_search_results: false },
        body: { query: { ids: { values: ids } }, size: ids.length },
        timeout_ms: request_timeout_ms,
      };
      const { body } = await call(client, request);
      return new Map(hitsOf(request, body).map(({ _id, _source }) => [_id, _source]));
    },
    close: () => client.close(),
  };
}

interface Hit {
  readonly _id: string;
  readonly _source: unknown;
}

function hitsOf(request: SearchRequest, body: Readonly<Record<string, unknown>>): Hit[] {
  const { hits } = body;
  const list: unknown = typeof hits === 'object' && hits !== null && 'hits' in hits ? hits.hits : undefined;
  if (!Array.isArray(list)) throw unavailable(request, 'not an answer');
  return list.filter(isHit);
}

function isHit(value: unknown): value is Hit {
  return (
    typeof value === 'object' &&
    value !== null &&
    '_id' in value &&
    typeof value._id === 'string' &&
    '_source' in value
  );
}
