import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '#shared/service/audit-trail.ts';

/** What a token lets its holder do; several roles may be given. */
export const roles = ['reader', 'analyst', 'compliance', 'auditor'] as const;
export type Role = (typeof roles)[number];

export type Permission =
  | 'incidents:read'
  | 'incidents:decide'
  | 'ledger:read'
  | 'exports:read'
  | 'exports:request'
  | 'exports:approve';

const permissions: Readonly<Record<Role, readonly Permission[]>> = {
  reader: ['incidents:read', 'ledger:read'],
  analyst: ['incidents:read', 'incidents:decide', 'ledger:read'],
  /** Asks for exports and approves those of others. */
  compliance: ['incidents:read', 'ledger:read', 'exports:read', 'exports:request', 'exports:approve'],
  /** Sees everything, changes nothing. */
  auditor: ['incidents:read', 'ledger:read', 'exports:read'],
};

export function isAllowed(held: readonly Role[], permission: Permission): boolean {
  return held.some((role) => permissions[role].includes(permission));
}

/** Refuses, before anything is read, what the token's holder may not do; the refusal is a record of its own. */
export function createAuthorisation(audit: AuditTrail, tenant: string, now_ms: () => number) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { permission } = request.routeOptions.config;
    if (permission !== undefined && isAllowed(request.roles, permission)) return;
    await audit.record([
      {
        tenant,
        type: 'access.denied',
        time_ns: BigInt(now_ms()) * 1_000_000n,
        outcome: 'failure',
        facts: { route: request.routeOptions.url ?? '', method: request.method, status: '403' },
        body: JSON.stringify({ reader: request.reader, url: request.url, address: request.ip }),
      },
    ]);
    await reply.code(403).send({ error: 'your roles do not allow this' });
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Roles of the token's holder; set before any route runs. */
    roles: readonly Role[];
  }
  interface FastifyContextConfig {
    /** What a route asks of the token's holder; a route that asks for nothing is open to nobody. */
    permission?: Permission;
  }
}
