import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Service } from '#shared/service/service.ts';
import { workerSettings } from './config.ts';
import { createNotifyProcessor } from './processor.ts';
import { createNotifyQueue, type Deliver } from './queue.ts';
import { createWebhook } from './webhook.ts';

const batch_records_max = 500;

export const workerService: ServiceDefinition<typeof workerSettings> = {
  name: 'worker',
  description: 'notifies a webhook when an incident opens, once, through a job queue',
  settings: workerSettings,
  create: async (config, runtime) => {
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-worker-${runtime.instance}`,
    });
    const writer = stream.writer();
    const queue = createNotifyQueue(
      config.redisUrl,
      deliveryOf(config.webhookUrl, config.webhookSecret),
      runtime.log,
    );
    const loop = new Loop({
      name: 'worker',
      stream,
      writer,
      topics: ['incidents'],
      batch_records_max,
      processor: createNotifyProcessor(queue),
      deadLetterTopic: () => 'dlq.index',
      audit_type: 'batch.notify',
      audit: createAuditTrail({ writer, producer: `worker/${runtime.instance}` }),
      tenant: 'default',
      clock: runtime.clock,
      telemetry: runtime.telemetry,
      log: runtime.log,
    });
    const service: Service = {
      name: 'worker',
      failed: loop.failed,
      start: () => loop.start(),
      lag: async () => (await loop.lag()) + BigInt(await queue.waiting()),
      stop: async () => {
        await loop.stop();
        await queue.close();
        await writer.close();
        await stream.close();
      },
    };
    return service;
  },
};

/** Without a receiver, jobs are done at once: the queue then only remembers which incidents opened. */
function deliveryOf(url: string | undefined, secret: string | undefined): Deliver {
  return url === undefined ? () => Promise.resolve('delivered') : createWebhook(url, secret);
}
