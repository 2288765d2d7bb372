import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchWrite } from '../port.ts';
import { classifyItem, classifyReply } from './classify.ts';
import { type BulkReply, readItems } from './reply.ts';

/** One row of the contract "status -> action" for whole requests. */
const created = { create: { status: 201 } };

const replies: readonly [name: string, reply: BulkReply, verdict: object][] = [
  ['connection refused', unanswered('ConnectionError'), { kind: 'retry' }],
  ['timeout', unanswered('TimeoutError'), { kind: 'retry' }],
  ['truncated JSON', unanswered('DeserializationError'), { kind: 'retry' }],
  ['502 of a proxy', answered(502, '<html>bad gateway'), { kind: 'retry', reason: 'http_502' }],
  ['503', answered(503, failure('cluster_block_exception')), { kind: 'retry', reason: 'http_503' }],
  ['504', answered(504, ''), { kind: 'retry', reason: 'http_504' }],
  ['500', answered(500, failure('null_pointer_exception')), { kind: 'retry', reason: 'http_500' }],
  ['408', answered(408, ''), { kind: 'retry', reason: 'http_408' }],
  ['200 with HTML', answered(200, '<html>login'), { kind: 'retry', reason: 'malformed_reply' }],
  ['200 without items', answered(200, { took: 3 }), { kind: 'retry', reason: 'malformed_reply' }],
  [
    '200 with one item too few',
    answered(200, { items: [created] }),
    { kind: 'retry', reason: 'malformed_reply' },
  ],
  [
    '200 with an item that is none',
    answered(200, { items: [created, null] }),
    { kind: 'retry', reason: 'malformed_reply' },
  ],
  [
    '429',
    answered(429, failure('es_rejected_execution_exception')),
    { kind: 'overloaded', retry_after_ms: undefined },
  ],
  [
    '429 with Retry-After',
    { kind: 'answered', status: 429, body: '', retry_after_ms: 7000 },
    { kind: 'overloaded', retry_after_ms: 7000 },
  ],
  ['413', answered(413, ''), { kind: 'too_large' }],
  ['401', answered(401, failure('security_exception')), { kind: 'blocked' }],
  ['403', answered(403, failure('security_exception')), { kind: 'blocked' }],
  ['404', answered(404, ''), { kind: 'blocked' }],
  ['406', answered(406, failure('media_type_header_exception')), { kind: 'blocked' }],
  ['301 to a login page', answered(301, ''), { kind: 'blocked' }],
  ['400 media type', answered(400, failure('media_type_header_exception')), { kind: 'blocked' }],
  [
    '400',
    answered(400, failure('x_content_parse_exception')),
    { kind: 'isolate', reason: 'x_content_parse_exception' },
  ],
  ['400 without a body', answered(400, ''), { kind: 'isolate', reason: 'bad_request' }],
  ['not Elasticsearch', { kind: 'foreign', detail: 'no product header' }, { kind: 'blocked' }],
];

describe('classifyReply', () => {
  it.each(replies)('%s', (_name, reply, verdict) => {
    expect(classifyReply(reply, 2)).toMatchObject(verdict);
  });

  it('hands out the items when there is one a document', () => {
    const verdict = classifyReply(answered(200, { errors: false, items: [created, created] }), 2);
    expect(verdict).toMatchObject({ kind: 'items', items: [{ status: 201 }, { status: 201 }] });
  });

  it('never throws, whatever the body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.jsonValue(), (status, body) => {
        expect(classifyReply(answered(status, body), 1)).toHaveProperty('kind');
      }),
    );
  });
});

/** One row of the contract for single documents: recorded items of Elasticsearch 9.4.3, shortened. */
const items: readonly [name: string, action: SearchWrite['action'], item: object, verdict: object][] = [
  ['created', 'create', { status: 201 }, { kind: 'written' }],
  ['updated', 'put', { status: 200 }, { kind: 'written' }],
  ['removed', 'remove', { status: 200 }, { kind: 'written' }],
  ['removed what is absent', 'remove', { status: 404 }, { kind: 'written' }],
  [
    'into the failure store',
    'create',
    { status: 201, failure_store: 'used' },
    { kind: 'refused', reason: 'failure_store_used' },
  ],
  [
    'failure store failed',
    'create',
    { status: 201, failure_store: 'failed' },
    { kind: 'refused', reason: 'failure_store_failed' },
  ],
  [
    'failure store not at work',
    'create',
    { status: 201, failure_store: 'not_applicable_or_unknown' },
    { kind: 'written' },
  ],
  [
    'failure store off',
    'create',
    { ...failed(400, 'document_parsing_exception'), failure_store: 'not_enabled' },
    { kind: 'refused', reason: 'document_parsing_exception' },
  ],
  ['id exists', 'create', failed(409, 'version_conflict_engine_exception'), { kind: 'duplicate' }],
  ['newer put exists', 'put', failed(409, 'version_conflict_engine_exception'), { kind: 'duplicate' }],
  [
    'newer remove happened',
    'remove',
    failed(409, 'version_conflict_engine_exception'),
    { kind: 'duplicate' },
  ],
  [
    'another conflict',
    'create',
    failed(409, 'snapshot_in_progress_exception'),
    { kind: 'transient', overloaded: false },
  ],
  [
    'queue full',
    'create',
    failed(429, 'es_rejected_execution_exception'),
    { kind: 'transient', overloaded: true },
  ],
  ['breaker', 'create', failed(503, 'circuit_breaking_exception'), { kind: 'transient', overloaded: true }],
  [
    'shards missing',
    'create',
    failed(503, 'unavailable_shards_exception'),
    { kind: 'transient', overloaded: false },
  ],
  [
    'master busy',
    'create',
    failed(503, 'process_cluster_event_timeout_exception'),
    { kind: 'transient', overloaded: false },
  ],
  [
    'disk flood stage',
    'create',
    failed(429, 'cluster_block_exception'),
    { kind: 'transient', overloaded: true },
  ],
  [
    'index read-only',
    'create',
    failed(403, 'cluster_block_exception'),
    { kind: 'transient', overloaded: false },
  ],
  ['node error', 'create', failed(500, 'null_pointer_exception'), { kind: 'transient', overloaded: false }],
  [
    'too many shards',
    'create',
    failed(400, 'validation_exception'),
    { kind: 'transient', overloaded: false },
  ],
  ['index closed', 'put', failed(400, 'index_closed_exception'), { kind: 'transient', overloaded: false }],
  [
    'index being made',
    'put',
    failed(400, 'resource_already_exists_exception'),
    { kind: 'transient', overloaded: false },
  ],
  ['no template', 'create', failed(404, 'index_not_found_exception'), { kind: 'unprepared' }],
  ['no privilege', 'create', failed(403, 'security_exception'), { kind: 'blocked' }],
  ['no credentials', 'create', failed(401, 'security_exception'), { kind: 'blocked' }],
  ['cannot be parsed', 'create', failed(400, 'document_parsing_exception'), { kind: 'refused' }],
  ['cannot be mapped', 'create', failed(400, 'mapper_parsing_exception'), { kind: 'refused' }],
  ['strict mapping', 'create', failed(400, 'strict_dynamic_mapping_exception'), { kind: 'refused' }],
  ['too many fields', 'create', failed(400, 'illegal_argument_exception'), { kind: 'refused' }],
  ['no such name', 'create', failed(400, 'invalid_index_name_exception'), { kind: 'refused' }],
  ['anything else', 'put', failed(404, 'document_missing_exception'), { kind: 'refused' }],
];

describe('classifyItem', () => {
  it.each(items)('%s', (_name, action, item, verdict) => {
    const [read] = readItems({ items: [{ [action]: item }] }) ?? [];
    expect(read).toBeDefined();
    if (read !== undefined) expect(classifyItem(action, read)).toMatchObject(verdict);
  });
});

function answered(status: number, body: unknown): BulkReply {
  return { kind: 'answered', status, body };
}

function unanswered(reason: string): BulkReply {
  return { kind: 'unanswered', reason, detail: '' };
}

function failure(type: string): object {
  return { error: { type, reason: 'because' }, status: 400 };
}

function failed(status: number, type: string): object {
  return { status, error: { type, reason: 'because' } };
}
