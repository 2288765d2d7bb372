import { type FastifyInstance, fastify } from 'fastify';
import { RefusedLogins } from '#shared/auth/refused-logins.ts';
import { createTokenLookup, type TokenHolder } from '#shared/auth/tokens.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import type { StreamWriter } from '#shared/kafka/port.ts';
import { createHttpService } from '#shared/service/http-service.ts';
import { AdmissionGate } from './admission-gate.ts';
import { gatewaySettings } from './config.ts';
import { body_bytes_max, registerIngestRoute } from './routes/ingest.ts';

/** A request must be whole by then. */
const request_timeout_ms = 60_000;

export interface GatewayDeps {
  readonly writer: StreamWriter;
  readonly senders: readonly TokenHolder[];
  readonly gate: AdmissionGate;
  readonly now_ms: () => number;
  /** Counts requests without a token that somebody holds. */
  readonly refused: Pick<RefusedLogins, 'refuse' | 'flush'>;
}

/** The HTTP server, not yet listening. */
export function createGatewayServer({ senders, refused, ...deps }: GatewayDeps): FastifyInstance {
  const server = fastify({
    bodyLimit: body_bytes_max,
    requestTimeout: request_timeout_ms,
    forceCloseConnections: 'idle',
  });
  registerIngestRoute(server, { ...deps, refused, findSender: createTokenLookup(senders) });
  server.addHook('onClose', () => refused.flush());
  return server;
}

export const gatewayService: ServiceDefinition<typeof gatewaySettings> = {
  name: 'gateway',
  description: 'takes records over HTTP and answers once Kafka has them',
  settings: gatewaySettings,
  create: async (config, runtime) => {
    const kafka = await connectKafka('gateway', config.kafkaBrokers, runtime.instance);
    const now_ms = (): number => runtime.clock.now_ms();
    const server = createGatewayServer({
      writer: kafka.writer,
      senders: config.senders,
      gate: new AdmissionGate(),
      now_ms,
      refused: new RefusedLogins({ audit: kafka.audit, tenant: config.scope, now_ms, log: runtime.log }),
    });
    return createHttpService({
      name: 'gateway',
      server,
      address: { host: config.host, port: config.port },
      log: runtime.log,
      closeAfter: [kafka],
    });
  },
};
