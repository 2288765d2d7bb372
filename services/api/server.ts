import { fastifySwagger } from '@fastify/swagger';
import { type FastifyInstance, fastify } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { RefusedLogins } from '#shared/auth/refused-logins.ts';
import { createTokenLookup } from '#shared/auth/tokens.ts';
import type { ErrorCode } from '#shared/errors/codes.ts';
import { BreakwaterError, messageOf } from '#shared/errors/error.ts';
import { registerAccessLog } from './access-log.ts';
import { createAuthorisation } from './authorisation.ts';
import type { ApiDeps, ApiServer } from './contract.ts';
import { LoginLog } from './login-log.ts';
import { registerAuditRoutes } from './routes/audit.ts';
import { registerDecisionRoutes } from './routes/decisions.ts';
import { registerBundleRoute } from './routes/export-bundle.ts';
import { registerExportRoutes } from './routes/exports.ts';
import { registerHealthRoute } from './routes/health.ts';
import { registerIncidentRoutes } from './routes/incidents.ts';

function createServer(): ApiServer {
  const server = fastify({ forceCloseConnections: 'idle' }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  return server;
}

/** The API, not yet listening. Every route but health and the description wants a token and leaves an audit record. */
export async function createApiServer(deps: ApiDeps): Promise<FastifyInstance> {
  const server = createServer();
  await server.register(fastifySwagger, {
    openapi: {
      info: {
        title: 'Breakwater',
        version: '1',
        description: 'Incidents, their timelines and the audit ledger.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
  });
  server.decorateRequest('reader', '');
  server.decorateRequest('roles');
  server.decorateRequest('isSearchRecorded', false);
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof BreakwaterError) {
      return reply.code(statusOfCode(error)).send({ error: error.message, code: error.code });
    }
    const status = statusOf(error);
    return reply.code(status).send({ error: status === 500 ? 'internal error' : messageOf(error) });
  });
  registerHealthRoute(server, deps);
  await server.register(async (guarded: ApiServer) => {
    const find = createTokenLookup(deps.readers);
    const logins = new LoginLog(deps);
    const refused = new RefusedLogins(deps);
    guarded.addHook('onClose', () => refused.flush());
    guarded.addHook('onRequest', async (request, reply) => {
      const reader = find(request.headers.authorization);
      request.reader = reader?.name ?? '';
      request.roles = reader?.roles ?? [];
      if (reader !== undefined) return logins.admit(reader.name, request.ip);
      refused.refuse(request.headers.authorization !== undefined, request.ip);
      request.isSearchRecorded = true;
      await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'send a bearer token' });
    });
    guarded.addHook('onRequest', createAuthorisation(deps));
    registerAccessLog(guarded, deps);
    registerIncidentRoutes(guarded, deps);
    registerDecisionRoutes(guarded, deps);
    registerAuditRoutes(guarded, deps);
    registerExportRoutes(guarded, deps);
    registerBundleRoute(guarded, deps);
  });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  return server;
}

/** HTTP statuses of errors that say something about the request; all others are ours. */
const statuses: Partial<Record<ErrorCode, number>> = {
  BW_CONFIG_INVALID: 400,
  BW_INCIDENT_UNKNOWN: 404,
  BW_EXPORT_UNKNOWN: 404,
  BW_EXPORT_REFUSED: 409,
  BW_EXPORT_LIMIT: 429,
};

function statusOfCode({ code, retriable }: BreakwaterError): number {
  return statuses[code] ?? (retriable ? 503 : 500);
}

function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}
