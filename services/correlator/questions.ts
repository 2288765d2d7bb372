import { type FastifyInstance, fastify } from 'fastify';
import { createTokenLookup } from '#shared/auth/tokens.ts';
import type { ConfigOf } from '#shared/config/setting.ts';
import { createHttpService } from '#shared/service/http-service.ts';
import type { Service } from '#shared/service/service.ts';
import { withParts } from '#shared/service/with-parts.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { correlatorSettings } from './config.ts';
import { whyNotJson, whyNotText } from './core/explain/text.ts';
import { explainAcross } from './core/explain/why-not.ts';
import type { ScopeFold } from './core/fold.ts';

const id_length_max = 200;

interface Asked {
  readonly a: string;
  readonly b: string;
}

/**
 * Answers `GET /why-not?a=ID&b=ID` from the state as it is, for whoever has the token: the API, which does not keep this
 * state. The answer is an explanation with its text; times and durations are nanoseconds, as text. 404: this correlator
 * knows neither id; another one may.
 */
export function createQuestionServer(token: string, folds: () => readonly ScopeFold[]): FastifyInstance {
  const server = fastify({ forceCloseConnections: true });
  const find = createTokenLookup([{ name: 'api', token }]);
  const id = { type: 'string', minLength: 1, maxLength: id_length_max };
  const querystring = { type: 'object', required: ['a', 'b'], properties: { a: id, b: id } };
  server.get<{ Querystring: Asked }>('/why-not', { schema: { querystring } }, async (request, reply) => {
    if (find(request.headers.authorization) === undefined)
      return reply.code(401).send({ error: 'send the token' });
    const why = explainAcross(folds(), request.query.a, request.query.b);
    if (why.a.kind === 'nothing' && why.b.kind === 'nothing')
      return reply.code(404).send({ error: 'neither is known here' });
    return reply.type('application/json').send(whyNotJson({ text: whyNotText(why), ...why }));
  });
  return server;
}

type QuestionConfig = Pick<
  ConfigOf<typeof correlatorSettings>,
  'questionsToken' | 'questionsHost' | 'questionsPort'
>;

/** Answers questions while the service runs, when there is a token for them. */
export function withQuestions(
  service: Service,
  { questionsToken: token, questionsHost: host, questionsPort: port }: QuestionConfig,
  folds: () => readonly ScopeFold[],
  log: Log,
): Service {
  if (token === undefined) return service;
  const server = createQuestionServer(token, folds);
  const answering = createHttpService({
    name: 'questions',
    server,
    address: { host, port },
    log,
    closeAfter: [],
  });
  return withParts(service, {
    watch: { start: () => answering.start(), stop: () => undefined },
    closeAfter: [{ close: () => answering.stop() }],
  });
}
