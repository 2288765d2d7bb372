import type { Family } from '#shared/avro/types.generated.ts';
import { systemTimer } from '#shared/clock/timer.ts';
import { kafkaBrokers, namespace, redisUrl, rulesFolder, scope } from '#shared/config/common.ts';
import { createRedisContextStore } from '#shared/context/redis/store.ts';
import type { Format } from '#shared/event/format.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { watchRules } from '#shared/service/rule-watch.ts';
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
      const { clock, telemetry, log, instance } = runtime;
      const stream = await connectStream({
        brokers: config.kafkaBrokers,
        client_id: `breakwater-${family}-${instance}`,
      });
      const writer = stream.writer();
      const audit = createAuditTrail({ writer, producer: `${family}/${instance}` });
      const rules = await watchRules({
        folder: config.rulesFolder,
        scope: config.scope,
        timer: systemTimer,
        clock,
        audit,
        telemetry,
        log,
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
      const loop = createFamilyLoop({
        family,
        processor,
        stream,
        writer,
        audit,
        scope: config.scope,
        clock,
        telemetry,
        log,
      });
      return {
        name: family,
        failed: loop.failed,
        start: async () => {
          await rules.start();
          await loop.start();
        },
        lag: () => loop.lag(),
        stop: async () => {
          rules.stop();
          await loop.stop();
          await context.close();
          await writer.close();
          await stream.close();
        },
      };
    },
  };
}
