import type { Client } from '@elastic/elasticsearch';
import type { BulkTransport } from '../bulk/transport.ts';
import { request_timeout_ms } from './client.ts';
import { exchange } from './exchange.ts';

/** Longer than a shard may take to come back, and shorter than our own patience: the server answers, not the clock. */
const shard_timeout = '30s';

/** Of each item only what decides its outcome: the answer shrinks to a quarter. */
const filter_path = [
  'items.*.status',
  'items.*.error.type',
  'items.*.error.reason',
  'items.*.failure_store',
].join(',');

/** `POST _bulk`, once. */
export function createBulkTransport(client: Client): BulkTransport {
  return {
    send: (body) =>
      exchange(client, {
        method: 'POST',
        path: '/_bulk',
        query: { filter_path, timeout: shard_timeout },
        ndjson: body,
        timeout_ms: request_timeout_ms,
      }),
  };
}
