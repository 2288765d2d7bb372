import { randomBytes } from 'node:crypto';
import { systemClock } from '#shared/clock/clock.ts';
import type { Environment } from '#shared/config/read.ts';
import { isRetriable } from '#shared/errors/error.ts';
import type { Service } from '#shared/service/service.ts';
import type { Log } from '#shared/telemetry/log.ts';
import { createPrometheusTelemetry } from '#shared/telemetry/prometheus.ts';
import type { BuildableService } from './services.ts';

/** All services of one process, as one service. */
export interface Fleet extends Service {
  /** Records that wait, by service. */
  lags(): Promise<ReadonlyMap<string, bigint>>;
}

/** Builds all services; nothing runs yet. */
export async function createFleet(
  services: readonly BuildableService[],
  environment: Environment,
  logOf: (service: string) => Log,
): Promise<Fleet> {
  const instance = randomBytes(4).toString('hex');
  const running: Service[] = [];
  for (const { name, build } of services) {
    const { telemetry } = createPrometheusTelemetry(name);
    running.push(await build(environment, { clock: systemClock, log: logOf(name), telemetry, instance }));
  }
  const lags = async (): Promise<ReadonlyMap<string, bigint>> =>
    new Map(await Promise.all(running.map(async (service) => [service.name, await lagOf(service)] as const)));
  return {
    name: 'fleet',
    failed: Promise.race(running.map((service) => service.failed)),
    start: async () => {
      for (const service of running) await service.start();
    },
    lags,
    lag: async () => [...(await lags()).values()].reduce((total, lag) => total + lag, 0n),
    stop: async () => {
      for (const service of running.toReversed()) await service.stop();
    },
  };
}

/** A service that cannot tell at the moment (its group is being formed) counts as having something to do. */
async function lagOf(service: Service): Promise<bigint> {
  try {
    return await service.lag();
  } catch (error) {
    if (!isRetriable(error)) throw error;
    return 1n;
  }
}
