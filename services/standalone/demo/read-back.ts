import { Client } from '@elastic/elasticsearch';

/** A JSON document as the search engine returned it. */
export type FoundDocument = Readonly<Record<string, unknown>>;

/** What Elasticsearch holds, asked of Elasticsearch. */
export interface ReadBack {
  readonly events_by_dataset: ReadonlyMap<string, number>;
  readonly incidents: readonly FoundDocument[];
  /** Rows by incident id, in time order. */
  readonly timelines: ReadonlyMap<string, readonly FoundDocument[]>;
}

const timeout_ms = 15_000;
const datasets_max = 200;
const rows_max = 1000;

/** Asks for the counts, the incidents and their timelines. */
export async function readBack(url: string, namespace: string): Promise<ReadBack> {
  const client = new Client({ node: url, requestTimeout: timeout_ms });
  try {
    const all = {
      index: `breakwater-incidents-${namespace},breakwater-timeline-${namespace},logs-*-${namespace}`,
    };
    await client.indices.refresh({ ...all, ignore_unavailable: true, expand_wildcards: 'all' });
    const counted = await client.search<
      unknown,
      { datasets: { buckets: { key: string; doc_count: number }[] } }
    >({
      index: `logs-*-${namespace}`,
      size: 0,
      aggs: { datasets: { terms: { field: 'event.dataset', size: datasets_max } } },
    });
    const incidents = await client.search<FoundDocument>({
      index: `breakwater-incidents-${namespace}`,
      size: rows_max,
      // What was merged away or is no longer an incident stays answerable under its id, but is not shown.
      query: { bool: { must_not: { terms: { 'incident.status': ['merged', 'candidate'] } } } },
      sort: [{ 'incident.score': 'desc' }],
    });
    const documents = incidents.hits.hits.flatMap((hit) => (hit._source === undefined ? [] : [hit._source]));
    const ids = incidents.hits.hits.flatMap((hit) => hit._id ?? []);
    const timelines = new Map<string, readonly FoundDocument[]>();
    for (const id of ids) timelines.set(id, await timelineOf(client, namespace, id));
    const buckets = counted.aggregations?.datasets.buckets ?? [];
    return {
      events_by_dataset: new Map(buckets.map((bucket) => [bucket.key, bucket.doc_count])),
      incidents: documents,
      timelines,
    };
  } finally {
    await client.close();
  }
}

async function timelineOf(client: Client, namespace: string, id: string): Promise<readonly FoundDocument[]> {
  const found = await client.search<FoundDocument>({
    index: `breakwater-timeline-${namespace}`,
    size: rows_max,
    query: { term: { 'incident.id': id } },
    sort: [{ '@timestamp': { order: 'asc' } }],
  });
  return found.hits.hits.flatMap((hit) => (hit._source === undefined ? [] : [hit._source]));
}
