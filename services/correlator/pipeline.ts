import { systemTimer } from '#shared/clock/timer.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { retryForever } from '#shared/service/retry.ts';
import { watchRules } from '#shared/service/rule-watch.ts';
import type { Service } from '#shared/service/service.ts';
import { withParts } from '#shared/service/with-parts.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { createRedisCheckpointStore } from './checkpoint/redis.ts';
import { correlatorSettings } from './config.ts';
import { defaultParameters } from './core/parameters.ts';
import { parametersEntry } from './outputs.ts';
import type { Correlator } from './correlator.ts';
import { withQuestions } from './questions.ts';
import { createReloadingService } from './reloading.ts';
import { createCorrelatorService } from './service.ts';

export const correlatorService: ServiceDefinition<typeof correlatorSettings> = {
  name: 'correlator',
  description: 'joins signals into incidents: one for each attack, whatever the order of arrival',
  settings: correlatorSettings,
  create: async (config, runtime) => {
    const kafka = await connectKafka('correlator', config.kafkaBrokers, runtime.instance);
    const checkpoints = createRedisCheckpointStore(config.redisUrl);
    const rules = await watchRules({
      ...kafka,
      ...runtime,
      folder: config.rulesFolder,
      scope: config.scope,
      timer: systemTimer,
      onSwapped: (set) => correlator.replaceRules(set),
    });
    let current: Correlator | undefined;
    const create = (set: RuleSet): Service =>
      (current = createCorrelatorService({
        ...kafka,
        ...runtime,
        checkpoints,
        rules: set,
        scope: config.scope,
        tick_ms: config.tickMs,
        checkpoint_interval_ms: config.checkpointIntervalMs,
      }));
    const correlator = createReloadingService(create, rules.set());
    const stopping = new AbortController();
    const watch = {
      start: async () => {
        const entries = [parametersEntry(defaultParameters, config.scope, runtime.clock.now_ms())];
        const onRetry = (error: unknown): void =>
          runtime.log.error('the parameters in force are not written down yet', { reason: String(error) });
        await retryForever(() => kafka.audit.record(entries), { onRetry, signal: stopping.signal });
        await rules.start();
      },
      stop: () => {
        stopping.abort();
        rules.stop();
      },
    };
    const joining = withParts(correlator, { watch, closeAfter: [checkpoints, kafka] });
    return withQuestions(joining, config, () => current?.folds() ?? [], runtime.log);
  },
};
