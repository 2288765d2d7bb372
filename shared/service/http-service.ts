import type { Log } from '#shared/telemetry/log.ts';
import type { Service } from './service.ts';
import { type Parts, withParts } from './with-parts.ts';

/** What a service needs of an HTTP server; fastify fits. */
interface HttpServer {
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** An HTTP server as a service: listens on start; on stop it answers what is in flight and then closes the rest. */
export function createHttpService(
  options: {
    readonly name: string;
    readonly server: HttpServer;
    readonly address: { readonly host: string; readonly port: number };
    readonly log: Log;
  } & Pick<Parts, 'closeAfter'>,
): Service {
  const { name, server, address, log, closeAfter } = options;
  const listening: Service = {
    name,
    failed: new Promise<never>(() => undefined),
    start: async () => {
      log.info('listening', { address: await server.listen(address) });
    },
    lag: () => Promise.resolve(0n),
    stop: async () => {
      await server.close();
    },
  };
  return withParts(listening, { closeAfter });
}
