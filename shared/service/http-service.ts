import type { Log } from '#shared/telemetry/log.ts';
import type { Service } from './service.ts';

/** What a service needs of an HTTP server; fastify fits. */
interface HttpServer {
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** Something that is closed after the server, in order. */
interface Closeable {
  close(): Promise<unknown>;
}

/** An HTTP server as a service: listens on start; on stop it answers what is in flight and then closes the rest. */
export function createHttpService(options: {
  readonly name: string;
  readonly server: HttpServer;
  readonly address: { readonly host: string; readonly port: number };
  readonly log: Log;
  readonly closeAfter: readonly Closeable[];
}): Service {
  const { name, server, address, log, closeAfter } = options;
  return {
    name,
    failed: new Promise<never>(() => undefined),
    start: async () => {
      log.info('listening', { address: await server.listen(address) });
    },
    lag: () => Promise.resolve(0n),
    stop: async () => {
      await server.close();
      for (const part of closeAfter) await part.close();
    },
  };
}
