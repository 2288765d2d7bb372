import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';

export interface AccessLogOptions {
  readonly audit: AuditTrail;
  readonly tenant: string;
  /** Makes pseudonyms. */
  readonly bodySecret: Buffer;
  readonly now_ms: () => number;
}

/** The record of an access. The reader's name is personal data: the leaf has a pseudonym, the body the name. */
export function accessEntry(
  { tenant, bodySecret, now_ms }: AccessLogOptions,
  request: FastifyRequest,
  { type, outcome, facts }: Pick<AuditEntry, 'type' | 'outcome' | 'facts'>,
): AuditEntry {
  const { reader, url, ip: address, method, routeOptions } = request;
  return {
    tenant,
    type,
    time_ns: BigInt(now_ms()) * 1_000_000n,
    outcome,
    facts: {
      route: routeOptions.url ?? '',
      method,
      actor: leafPseudonym(bodySecret, tenant, reader),
      ...facts,
    },
    body: JSON.stringify({ reader, url, address }),
  };
}

/**
 * Leaves an audit record of each access before anything is answered: who asked for what is evidence too. A search is one
 * record that says how many rows it found, not one for each. When the record cannot be written, the request fails.
 */
export function registerAccessLog(server: FastifyInstance, options: AccessLogOptions): void {
  server.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.search === true) return;
    const entry = accessEntry(options, request, { type: 'access.read', outcome: 'success', facts: {} });
    await options.audit.record([entry]);
  });
  server.addHook('preSerialization', async (request, reply, payload) => {
    // Also called for the answer that says that the record could not be written.
    if (request.routeOptions.config.search !== true || request.isSearchRecorded) return payload;
    request.isSearchRecorded = true;
    const facts = {
      query_sha256: hash('sha256', request.url),
      results: String(rowsOf(payload)),
      status: String(reply.statusCode),
    };
    const outcome = reply.statusCode < 400 ? 'success' : 'failure';
    await options.audit.record([accessEntry(options, request, { type: 'access.search', outcome, facts })]);
    return payload;
  });
}

/** Rows of a page; an answer that is none has none. */
function rowsOf(payload: unknown): number {
  if (typeof payload !== 'object' || payload === null || !('items' in payload)) return 0;
  return Array.isArray(payload.items) ? payload.items.length : 0;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the token's holder; set before any route runs. */
    reader: string;
    isSearchRecorded: boolean;
  }
  interface FastifyContextConfig {
    /** The route answers with a page of what was found. */
    search?: true;
  }
}
