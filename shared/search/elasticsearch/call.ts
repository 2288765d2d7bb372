import type { Client } from '@elastic/elasticsearch';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRecord, readError } from '../bulk/reply.ts';
import { exchange, type SearchRequest } from './exchange.ts';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * One request that is not a bulk request.
 * @param expected statuses that are an answer; any other is an error
 * @throws BW_SEARCH_UNAVAILABLE (retriable) for anything else
 */
export async function call(
  client: Client,
  request: SearchRequest,
  expected: readonly number[] = [200],
): Promise<Answer> {
  const reply = await exchange(client, request);
  if (reply.kind !== 'answered') throw unavailable(request, reply.detail);
  const body = isRecord(reply.body) ? reply.body : {};
  if (expected.includes(reply.status)) return { status: reply.status, body };
  throw unavailable(request, `${reply.status} ${reasonOf(body)}`);
}

/** Why the server refused, down to the deepest cause that it names. */
export function reasonOf(body: Readonly<Record<string, unknown>>): string {
  let cause = body['error'];
  while (isRecord(cause) && isRecord(cause['caused_by'])) cause = cause['caused_by'];
  const { type, reason } = readError(cause);
  return `${type ?? ''}: ${reason ?? ''}`;
}

export function unavailable({ method, path }: SearchRequest, detail: string): BreakwaterError {
  return new BreakwaterError('BW_SEARCH_UNAVAILABLE', `${method} ${path.split('?', 1)[0]}: ${detail}`);
}
