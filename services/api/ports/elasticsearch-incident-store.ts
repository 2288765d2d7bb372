import { Client, errors } from '@elastic/elasticsearch';
import type { estypes } from '@elastic/elasticsearch';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { IncidentStore, Page, StoredDocument } from './incident-store.ts';

const timeout_ms = 10_000;
const health_timeout_ms = 2000;

/** Reads the plain indices that the indexer keeps. Pages by `search_after`, so that there is no row limit. */
export function createElasticsearchIncidentStore(url: string, namespace: string): IncidentStore {
  const client = new Client({ node: url, requestTimeout: timeout_ms });
  const incidents = `breakwater-incidents-${namespace}`;
  const timeline = `breakwater-timeline-${namespace}`;
  const search = (request: estypes.SearchRequest) => reading(() => client.search<StoredDocument>(request));
  return {
    list: async ({ status, limit, after }) =>
      pageOf(
        await search({
          index: incidents,
          size: limit,
          query: status === undefined ? { match_all: {} } : { term: { 'incident.status': status } },
          sort: [{ 'incident.score': 'desc' }, { 'incident.id': 'asc' }],
          ...searchAfter(after),
        }),
        limit,
      ),
    find: async (id) => {
      const found = await reading(() =>
        client.get<StoredDocument>({ index: incidents, id }, { ignore: [404] }),
      );
      return found.found ? found._source : undefined;
    },
    timeline: async (id, { limit, after }) =>
      pageOf(
        await search({
          index: timeline,
          size: limit,
          query: { term: { 'incident.id': id } },
          sort: [
            { '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos' } },
            { 'event.id': 'asc' },
          ],
          ...searchAfter(after),
        }),
        limit,
      ),
    reachable: () =>
      client.ping({}, { requestTimeout: health_timeout_ms }).catch((error: unknown) => {
        if (error instanceof errors.ElasticsearchClientError) return false;
        throw error;
      }),
    close: () => client.close(),
  };
}

async function reading<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof errors.ElasticsearchClientError)) throw error;
    throw new BreakwaterError('BW_API_SEARCH_FAILED', error.message, {}, error);
  }
}

function searchAfter(after: string | undefined): { search_after?: estypes.SortResults } {
  if (after === undefined) return {};
  const values: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
  return Array.isArray(values) ? { search_after: values.map(String) } : {};
}

function pageOf(response: estypes.SearchResponse<StoredDocument>, limit: number): Page {
  const hits = response.hits.hits;
  const items = hits.flatMap((hit) => (hit._source === undefined ? [] : [hit._source]));
  const last = hits.at(-1)?.sort;
  if (hits.length < limit || last === undefined) return { items };
  return { items, next: Buffer.from(JSON.stringify(last)).toString('base64url') };
}
