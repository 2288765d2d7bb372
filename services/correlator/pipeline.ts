import { fromMilliseconds } from '#shared/event/time.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { retryForever } from '#shared/service/retry.ts';
import type { Service } from '#shared/service/service.ts';
import { loadEntries } from '#shared/sigma/load-entries.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import { createRedisCheckpointStore } from './checkpoint/redis.ts';
import { correlatorSettings } from './config.ts';
import { createCorrelatorService } from './service.ts';

export const correlatorService: ServiceDefinition<typeof correlatorSettings> = {
  name: 'correlator',
  description: 'joins signals into incidents: one for each attack, whatever the order of arrival',
  settings: correlatorSettings,
  create: async (config, { clock, log, telemetry, instance }) => {
    const loaded = await loadRuleSet(config.rulesFolder, { tests: false });
    if (loaded.kind === 'refused') throw rulesRefused(loaded.problems);
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-correlator-${instance}`,
    });
    const writer = stream.writer();
    const audit = createAuditTrail({ writer, producer: `correlator/${instance}` });
    const stopping = new AbortController();
    const checkpoints = createRedisCheckpointStore(config.redisUrl);
    const correlator = createCorrelatorService({
      stream,
      writer,
      checkpoints,
      rules: loaded.set,
      audit,
      scope: config.scope,
      clock,
      telemetry,
      log,
      tick_ms: config.tickMs,
      checkpoint_interval_ms: config.checkpointIntervalMs,
    });
    const service: Service = {
      name: 'correlator',
      failed: correlator.failed,
      start: async () => {
        const time_ns = fromMilliseconds(clock.now_ms());
        const entries = loadEntries(loaded.set, undefined, { tenant: config.scope, time_ns });
        const onRetry = (error: unknown): void =>
          log.error('the rules in force are not written down yet', { reason: String(error) });
        await retryForever(() => audit.record(entries), { onRetry, signal: stopping.signal });
        await correlator.start();
      },
      lag: () => correlator.lag(),
      stop: async () => {
        stopping.abort();
        await correlator.stop();
        await checkpoints.close();
        await writer.close();
        await stream.close();
      },
    };
    return service;
  },
};
