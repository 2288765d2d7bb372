import type { Service } from './service.ts';

/** What a service stands on. */
export interface Parts {
  /** Starts before the service and stops before it, such as the watch over its rules. */
  readonly watch?: { start(): Promise<void>; stop(): void } | undefined;
  /** Closed after the service has stopped, in order. */
  readonly closeAfter: readonly { close(): Promise<unknown> }[];
}

/** A service that starts and stops with its parts. */
export function withParts(service: Service, { watch, closeAfter }: Parts): Service {
  return {
    name: service.name,
    failed: service.failed,
    start: async () => {
      await watch?.start();
      await service.start();
    },
    lag: () => service.lag(),
    stop: async () => {
      watch?.stop();
      await service.stop();
      for (const part of closeAfter) await part.close();
    },
  };
}
