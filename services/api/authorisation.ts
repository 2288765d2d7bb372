import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessEntry, type AccessLogOptions } from './access-log.ts';

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
export function createAuthorisation(options: AccessLogOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { permission } = request.routeOptions.config;
    if (permission !== undefined && isAllowed(request.roles, permission)) return;
    const denied = { type: 'access.denied', outcome: 'failure', facts: { status: '403' } } as const;
    await options.audit.record([accessEntry(options, request, denied)]);
    request.isSearchRecorded = true;
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
