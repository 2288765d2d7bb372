import type { Client } from '@elastic/elasticsearch';
import { isRecord } from '../bulk/reply.ts';
import { isDataStream } from '../names.ts';
import type { SearchWrite } from '../port.ts';
import { call, unavailable } from './call.ts';
import { request_timeout_ms } from './client.ts';
import type { SearchRequest } from './exchange.ts';

/** Ids asked for in one search; answers hold at most 10,000. */
const ids_max = 5_000;

/** One search within the request: the ids of one stream. */
interface Lookup {
  readonly stream: string;
  readonly ids: readonly string[];
}

/**
 * Which of the documents to be created exist, in whatever backing index of their data stream. Two requests: a refresh,
 * because searches do not see what was just written, and all lookups at once.
 * @returns positions in `writes`
 * @throws BW_SEARCH_UNAVAILABLE
 */
export async function findExisting(
  client: Client,
  writes: readonly SearchWrite[],
): Promise<ReadonlySet<number>> {
  const lookups = lookupsOf(writes);
  if (lookups.length === 0) return new Set();
  await refresh(client, [...new Set(lookups.map(({ stream }) => stream))]);
  const found = await search(client, lookups);
  const positions = writes.flatMap((write, position) =>
    write.action === 'create' && found.get(write.index)?.has(write.id) === true ? [position] : [],
  );
  return new Set(positions);
}

function lookupsOf(writes: readonly SearchWrite[]): readonly Lookup[] {
  const byStream = new Map<string, string[]>();
  for (const { action, index, id } of writes) {
    if (action !== 'create' || !isDataStream(index)) continue;
    const ids = byStream.get(index);
    if (ids === undefined) byStream.set(index, [id]);
    else ids.push(id);
  }
  return [...byStream].flatMap(([stream, ids]) =>
    Array.from({ length: Math.ceil(ids.length / ids_max) }, (_, part) => ({
      stream,
      ids: ids.slice(part * ids_max, (part + 1) * ids_max),
    })),
  );
}

async function refresh(client: Client, streams: readonly string[]): Promise<void> {
  await call(client, {
    method: 'POST',
    path: `/${streams.map(encodeURIComponent).join(',')}/_refresh`,
    query: { ignore_unavailable: true },
    timeout_ms: request_timeout_ms,
  });
}

async function search(
  client: Client,
  lookups: readonly Lookup[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const request: SearchRequest = {
    method: 'POST',
    path: '/_msearch',
    query: {
      filter_path: 'responses.hits.hits._id,responses.timed_out,responses._shards.failed,responses.error',
    },
    ndjson: lookups.map(searchLines).join(''),
    timeout_ms: request_timeout_ms,
  };
  const { body } = await call(client, request);
  const responses = Array.isArray(body['responses']) ? body['responses'] : [];
  if (responses.length !== lookups.length) throw unavailable(request, 'answers are missing');
  const found = new Map<string, Set<string>>();
  lookups.forEach(({ stream }, index) => {
    const ids = found.get(stream) ?? new Set();
    for (const id of idsOf(request, responses[index])) ids.add(id);
    found.set(stream, ids);
  });
  return found;
}

/** An unknown stream holds nothing; a shard that cannot answer is an error, for its documents would seem absent. */
function searchLines({ stream, ids }: Lookup): string {
  const header = { index: stream, ignore_unavailable: true, allow_partial_search_results: false };
  const body = { query: { ids: { values: ids } }, size: ids.length, _source: false, track_total_hits: false };
  return `${JSON.stringify(header)}\n${JSON.stringify(body)}\n`;
}

function idsOf(request: SearchRequest, response: unknown): readonly string[] {
  if (!isRecord(response) || response['error'] !== undefined || response['timed_out'] !== false) {
    throw unavailable(request, 'a lookup failed');
  }
  const shards = response['_shards'];
  if (!isRecord(shards) || shards['failed'] !== 0) throw unavailable(request, 'a shard did not answer');
  const hits = isRecord(response['hits']) ? response['hits']['hits'] : [];
  if (!Array.isArray(hits)) return [];
  return hits.flatMap((hit: unknown) =>
    isRecord(hit) && typeof hit['_id'] === 'string' ? [hit['_id']] : [],
  );
}
