import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RefusedLogins } from '#shared/auth/refused-logins.ts';
import type { TokenHolder } from '#shared/auth/tokens.ts';
import { isRetriable } from '#shared/errors/error.ts';
import type { StreamWriter } from '#shared/kafka/port.ts';
import { families } from '../../../schemas/topics/topics.ts';
import type { AdmissionGate } from '../admission-gate.ts';

/** Largest body, in bytes; as large as a record of the raw topics may be, less room for its envelope. */
export const body_bytes_max = 8 * 1024 * 1024 - 64 * 1024;

const retry_after_seconds = '2';

export interface IngestRouteDeps {
  readonly writer: StreamWriter;
  readonly gate: AdmissionGate;
  readonly findSender: (authorization: string | undefined) => TokenHolder | undefined;
  readonly now_ms: () => number;
  readonly refused: Pick<RefusedLogins, 'refuse'>;
}

/**
 * `POST /v1/<family>`: the body becomes one record of `raw.<family>`, byte for byte. 202 once all in-sync replicas
 * have it; 429 while Kafka is slow and 503 while it is away: the sender keeps the body and tries again.
 */
export function registerIngestRoute(server: FastifyInstance, deps: IngestRouteDeps): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: body_bytes_max },
    (_request, body, done) => {
      done(null, body);
    },
  );
  for (const family of families) {
    server.post(`/v1/${family}`, (request, reply) => accept(`raw.${family}`, request, reply, deps));
  }
}

async function accept(
  topic: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { writer, gate, findSender, now_ms, refused }: IngestRouteDeps,
): Promise<FastifyReply> {
  const sender = findSender(request.headers.authorization);
  if (sender === undefined) {
    refused.refuse(request.headers.authorization !== undefined, request.ip);
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .send({ error: 'send Authorization: Bearer <token>' });
  }
  const body = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0)
    return reply.code(400).send({ error: 'the body is empty' });
  if (!gate.enter(body.length)) return comeBack(reply, 429, 'Kafka is slow; nothing was taken');
  try {
    const headers = { 'breakwater-scope': sender.name };
    await writer.send([{ topic, value: body, timestamp_ms: now_ms(), headers }]);
    return await reply.code(202).send({ accepted_bytes: body.length });
  } catch (error) {
    if (!isRetriable(error)) throw error;
    return await comeBack(
      reply,
      503,
      'Kafka did not acknowledge; the record may or may not be stored, send it again',
    );
  } finally {
    gate.leave(body.length);
  }
}

function comeBack(reply: FastifyReply, status: 429 | 503, error: string): FastifyReply {
  return reply.code(status).header('retry-after', retry_after_seconds).send({ error });
}
