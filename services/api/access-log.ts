import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '#shared/service/audit-trail.ts';

/**
 * Leaves an audit record of each access before anything is answered: who asked for what is evidence too. When the
 * record cannot be written, the request fails. The reader's name is personal data, so it goes into the body.
 */
export function createAccessLog(audit: AuditTrail, tenant: string, now_ms: () => number) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    await audit.record([
      {
        tenant,
        type: 'access.read',
        time_ns: BigInt(now_ms()) * 1_000_000n,
        outcome: 'success',
        facts: { route: request.routeOptions.url ?? '', method: request.method },
        body: JSON.stringify({ reader: request.reader, url: request.url, address: request.ip }),
      },
    ]);
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the token's holder; set before any route runs. */
    reader: string;
  }
}
