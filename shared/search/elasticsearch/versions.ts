import type { Client } from '@elastic/elasticsearch';
import { isRecord } from '../bulk/reply.ts';
import { call, unavailable } from './call.ts';
import { request_timeout_ms } from './client.ts';
import type { SearchRequest } from './exchange.ts';

/**
 * Stored versions by id, read past the refresh interval; undefined for what is not there.
 * @throws BW_SEARCH_UNAVAILABLE
 */
export async function readVersions(
  client: Client,
  index: string,
  ids: readonly string[],
): Promise<readonly (bigint | undefined)[]> {
  if (ids.length === 0) return [];
  const request: SearchRequest = {
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_mget`,
    query: { _source: false },
    body: { ids },
    timeout_ms: request_timeout_ms,
  };
  const { body } = await call(client, request);
  const documents = Array.isArray(body['docs']) ? body['docs'] : [];
  if (documents.length !== ids.length) throw unavailable(request, 'answers are missing');
  return documents.map((document: unknown) => versionOf(request, document));
}

function versionOf(request: SearchRequest, document: unknown): bigint | undefined {
  if (!isRecord(document)) throw unavailable(request, 'not an answer');
  if (document['found'] === true && typeof document['_version'] === 'number') {
    return BigInt(document['_version']);
  }
  const error = document['error'];
  const absent = error === undefined || (isRecord(error) && error['type'] === 'index_not_found_exception');
  if (!absent) throw unavailable(request, 'a document could not be read');
  return undefined;
}
