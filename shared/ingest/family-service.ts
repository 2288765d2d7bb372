import type { Family } from '#shared/avro/types.generated.ts';
import { systemTimer } from '#shared/clock/timer.ts';
import { kafkaBrokers, namespace, redisUrl, rulesFolder, scope } from '#shared/config/common.ts';
import { createRedisContextStore } from '#shared/context/redis/store.ts';
import type { Format } from '#shared/event/format.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { watchRules } from '#shared/service/rule-watch.ts';
import { withParts } from '#shared/service/with-parts.ts';
import { createFamilyLoop } from './family-loop.ts';
import { createIngest } from './ingest.ts';

export const familySettings = { kafkaBrokers, redisUrl, scope, namespace, rulesFolder };

export interface FamilyServiceOptions {
  readonly family: Family;
  readonly description: string;
  readonly formats: () => readonly Format[];
}

/** A family service on real servers: Kafka in and out, context in Redis, rules from a folder. */
export function familyService({
  family,
  description,
  formats,
}: FamilyServiceOptions): ServiceDefinition<typeof familySettings> {
  return {
    name: family,
    description,
    settings: familySettings,
    create: async (config, runtime) => {
      const { clock, telemetry, instance } = runtime;
      const kafka = await connectKafka(family, config.kafkaBrokers, instance);
      const rules = await watchRules({
        ...kafka,
        ...runtime,
        folder: config.rulesFolder,
        scope: config.scope,
        timer: systemTimer,
      });
      const context = createRedisContextStore({ url: config.redisUrl });
      const processor = createIngest({
        family,
        formats: formats(),
        context,
        detector: rules.detector,
        scope: config.scope,
        namespace: config.namespace,
        clock,
        telemetry,
      });
      const loop = createFamilyLoop({ ...kafka, ...runtime, family, processor, scope: config.scope });
      return withParts(loop, { watch: rules, closeAfter: [context, kafka] });
    },
  };
}
