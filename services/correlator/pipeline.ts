import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import type { Service } from '#shared/service/service.ts';
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
    const loaded = await loadRuleSet(config.rulesFolder);
    if (loaded.kind === 'refused') throw rulesRefused(loaded.problems);
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-correlator-${instance}`,
    });
    const writer = stream.writer();
    const checkpoints = createRedisCheckpointStore(config.redisUrl);
    const correlator = createCorrelatorService({
      stream,
      writer,
      checkpoints,
      rules: loaded.set,
      audit: createAuditTrail({ writer, producer: `correlator/${instance}` }),
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
      start: () => correlator.start(),
      lag: () => correlator.lag(),
      stop: async () => {
        await correlator.stop();
        await checkpoints.close();
        await writer.close();
        await stream.close();
      },
    };
    return service;
  },
};
