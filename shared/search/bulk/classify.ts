import type { Refusal, SearchWrite } from '../port.ts';
import { type BulkReply, type ItemReply, isRecord, readError, readItems } from './reply.ts';

/** What to do after a bulk request. */
export type ReplyVerdict =
  | { readonly kind: 'items'; readonly items: readonly ItemReply[] }
  /** Outcome unknown: send the same bytes again, for ever. Ids and versions make that safe. */
  | { readonly kind: 'retry'; readonly reason: string; readonly detail: string }
  /** Nothing was written: send less, later. */
  | { readonly kind: 'overloaded'; readonly retry_after_ms: number | undefined }
  /** Send it in halves. */
  | { readonly kind: 'too_large' }
  /** A setting is wrong, not a document: stop, and go on when it is put right. */
  | { readonly kind: 'blocked'; readonly detail: string }
  /** One of the documents spoils the request: find it by halving. */
  | ({ readonly kind: 'isolate' } & Refusal);

/** What became of one document, or what to do with it next. */
export type ItemVerdict =
  | { readonly kind: 'written' }
  | { readonly kind: 'duplicate' }
  /** Send this one again. */
  | { readonly kind: 'transient'; readonly reason: string; readonly overloaded: boolean }
  /** Its template is missing: put it back, then send this one again. */
  | { readonly kind: 'unprepared'; readonly detail: string }
  | { readonly kind: 'blocked'; readonly detail: string }
  /** The document itself: once more in its safe form, else it is rejected. */
  | ({ readonly kind: 'refused' } & Refusal);

/** Judges the answer to a request of `documents_sent` documents. */
export function classifyReply(reply: BulkReply, documents_sent: number): ReplyVerdict {
  if (reply.kind === 'unanswered') return { kind: 'retry', reason: reply.reason, detail: reply.detail };
  if (reply.kind === 'foreign') return { kind: 'blocked', detail: reply.detail };
  const { status } = reply;
  if (status >= 200 && status < 300) return classifyItems(reply.body, documents_sent);
  if (status === 429) return { kind: 'overloaded', retry_after_ms: reply.retry_after_ms };
  if (status === 413) return { kind: 'too_large' };
  const { type, reason } = readError(isRecord(reply.body) ? reply.body['error'] : reply.body);
  const detail = `${status} ${type ?? ''}: ${reason ?? ''}`;
  if (status === 408 || status >= 500) return { kind: 'retry', reason: `http_${status}`, detail };
  // A server of another major version refuses the media type of every request with a 400.
  if (status === 400 && type !== 'media_type_header_exception') {
    return { kind: 'isolate', reason: type ?? 'bad_request', detail };
  }
  return { kind: 'blocked', detail };
}

/** Elasticsearch has answered with fewer items than it was sent (versions 7.10.2 and 7.11.1). */
function classifyItems(body: unknown, documents_sent: number): ReplyVerdict {
  const items = readItems(body);
  if (items?.length === documents_sent) return { kind: 'items', items };
  const detail = items === undefined ? 'not a bulk answer' : `${items.length} items for ${documents_sent}`;
  return { kind: 'retry', reason: 'malformed_reply', detail };
}

/** Errors with status 400 that are the cluster's, not the document's. */
const systemic: ReadonlySet<string> = new Set([
  // The limit of shards in the cluster is reached: no new data stream can be made.
  'validation_exception',
  'index_closed_exception',
  // Two requests made the same index at once.
  'resource_already_exists_exception',
]);

const rejectedByLoad: ReadonlySet<string> = new Set([
  'es_rejected_execution_exception',
  'circuit_breaking_exception',
]);

/** Judges one item of an answer by the action that was asked for. */
export function classifyItem(action: SearchWrite['action'], item: ItemReply): ItemVerdict {
  const { status, type } = item;
  const detail = item.reason ?? '';
  if (status >= 200 && status < 300) return acceptedItem(item);
  // What is removed may be absent; the version is remembered all the same.
  if (status === 404 && action === 'remove' && type === undefined) return { kind: 'written' };
  if (status === 409) {
    return type === undefined || type === 'version_conflict_engine_exception'
      ? { kind: 'duplicate' }
      : { kind: 'transient', reason: type, overloaded: false };
  }
  const transient = status === 408 || status === 429 || status >= 500;
  if (transient || type === 'cluster_block_exception' || (type !== undefined && systemic.has(type))) {
    const overloaded = status === 429 || (type !== undefined && rejectedByLoad.has(type));
    return { kind: 'transient', reason: type ?? `item_${status}`, overloaded };
  }
  if (status === 401 || status === 403)
    return { kind: 'blocked', detail: `${status} ${type ?? ''}: ${detail}` };
  if (status === 404 && type === 'index_not_found_exception') return { kind: 'unprepared', detail };
  return { kind: 'refused', reason: type ?? `item_${status}`, detail };
}

/** A document in the failure store is not in the data stream: counting it as written would lose it from search. */
function acceptedItem(item: ItemReply): ItemVerdict {
  const store = item.failure_store;
  if (store === undefined || store === 'not_applicable_or_unknown') return { kind: 'written' };
  return { kind: 'refused', reason: `failure_store_${store}`, detail: item.reason ?? '' };
}
