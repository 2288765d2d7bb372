import type { ApiDeps, ApiServer } from '../contract.ts';
import { healthAnswer } from '../schemas.ts';

/** `GET /v1/health`: 200 while requests can be answered, else 503. */
export function registerHealthRoute(server: ApiServer, { incidents }: ApiDeps): void {
  const schema = { response: { 200: healthAnswer, 503: healthAnswer }, summary: 'Can requests be answered?' };
  server.get('/v1/health', { schema }, async (_request, reply) => {
    const elasticsearch = await incidents.reachable();
    return elasticsearch
      ? reply.code(200).send({ status: 'ready', elasticsearch })
      : reply.code(503).send({ status: 'degraded', elasticsearch });
  });
}
