import { type Client, errors } from '@elastic/elasticsearch';
import { type BulkReply, detail_chars_max } from '../bulk/reply.ts';

/** One request as it goes out; `ndjson` is sent as it is. */
export interface SearchRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly ndjson?: Buffer | string;
  readonly timeout_ms: number;
}

/** Sends once. What the server or the network did is a value; only defects are thrown. */
export async function exchange(client: Client, request: SearchRequest): Promise<BulkReply> {
  const { method, path, query, body, ndjson, timeout_ms } = request;
  try {
    const { statusCode, body: answer } = await client.transport.request(
      {
        method,
        path,
        ...(query === undefined ? {} : { querystring: { ...query } }),
        ...(body === undefined ? {} : { body: { ...body } }),
        ...(ndjson === undefined ? {} : { bulkBody: ndjson }),
      },
      { meta: true, requestTimeout: timeout_ms, maxRetries: 0 },
    );
    return { kind: 'answered', status: statusCode, body: answer };
  } catch (error) {
    return replyOf(error);
  }
}

function replyOf(error: unknown): BulkReply {
  if (error instanceof errors.ResponseError) {
    const { statusCode, body, headers } = error.meta;
    const retry_after_ms = retryAfter(headers?.['retry-after']);
    return { kind: 'answered', status: statusCode ?? 0, body, retry_after_ms };
  }
  if (error instanceof errors.ProductNotSupportedError) {
    return { kind: 'foreign', detail: error.message.slice(0, detail_chars_max) };
  }
  const unanswered =
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError ||
    error instanceof errors.RequestAbortedError ||
    error instanceof errors.DeserializationError;
  if (!unanswered) throw error;
  return { kind: 'unanswered', reason: error.name, detail: error.message.slice(0, detail_chars_max) };
}

/** Seconds, as Elasticsearch and proxies send it; the form with a date is not waited for. */
function retryAfter(header: unknown): number | undefined {
  const seconds = typeof header === 'string' ? Number.parseInt(header, 10) : Number.NaN;
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}
