import { systemTimer } from '#shared/clock/timer.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { watchRules } from '#shared/service/rule-watch.ts';
import type { Service } from '#shared/service/service.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { createRedisCheckpointStore } from './checkpoint/redis.ts';
import { correlatorSettings } from './config.ts';
import { createReloadingService } from './reloading.ts';
import { createCorrelatorService } from './service.ts';

export const correlatorService: ServiceDefinition<typeof correlatorSettings> = {
  name: 'correlator',
  description: 'joins signals into incidents: one for each attack, whatever the order of arrival',
  settings: correlatorSettings,
  create: async (config, { clock, log, telemetry, instance }) => {
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-correlator-${instance}`,
    });
    const writer = stream.writer();
    const audit = createAuditTrail({ writer, producer: `correlator/${instance}` });
    const checkpoints = createRedisCheckpointStore(config.redisUrl);
    const rules = await watchRules({
      folder: config.rulesFolder,
      scope: config.scope,
      timer: systemTimer,
      clock,
      audit,
      telemetry,
      log,
      onSwapped: (set) => correlator.replaceRules(set),
    });
    const create = (set: RuleSet): Service =>
      createCorrelatorService({
        stream,
        writer,
        checkpoints,
        rules: set,
        audit,
        scope: config.scope,
        clock,
        telemetry,
        log,
        tick_ms: config.tickMs,
        checkpoint_interval_ms: config.checkpointIntervalMs,
      });
    const correlator = createReloadingService(create, rules.set());
    const service: Service = {
      name: 'correlator',
      failed: correlator.failed,
      start: async () => {
        await rules.start();
        await correlator.start();
      },
      lag: () => correlator.lag(),
      stop: async () => {
        rules.stop();
        await correlator.stop();
        await checkpoints.close();
        await writer.close();
        await stream.close();
      },
    };
    return service;
  },
};
