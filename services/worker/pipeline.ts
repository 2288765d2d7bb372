import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openExports } from '#shared/ledger/export/open.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Service } from '#shared/service/service.ts';
import { workerSettings } from './config.ts';
import { createExportQueue } from './exports/queue.ts';
import { parseSchedules } from './exports/schedules.ts';
import { ExportWork } from './exports/work.ts';
import { createNotifyProcessor } from './processor.ts';
import { createNotifyQueue, type Deliver } from './queue.ts';
import { createWebhook } from './webhook.ts';

const batch_records_max = 500;
const day_ms = 24 * 60 * 60 * 1000;

export const workerService: ServiceDefinition<typeof workerSettings> = {
  name: 'worker',
  description:
    'does what takes long: notifies a webhook when an incident opens, writes exports, asks for scheduled ones',
  settings: workerSettings,
  create: async (config, runtime) => {
    const kafka = await connectKafka('worker', config.kafkaBrokers, runtime.instance);
    const { audit } = kafka;
    const queue = createNotifyQueue(
      config.redisUrl,
      deliveryOf(config.webhookUrl, config.webhookSecret),
      runtime.log,
    );
    const schedulesText =
      config.exportSchedules === undefined ? '[]' : readFileSync(config.exportSchedules, 'utf8');
    const schedules = parseSchedules(schedulesText);
    const work = new ExportWork({
      exports: openExports({ ...config, trail: audit, clock: runtime.clock }),
      data_folder: config.dataFolder,
      schedules,
      keep_ms: config.exportKeepDays * day_ms,
      clock: runtime.clock,
    });
    const exportQueue = createExportQueue(config.redisUrl, work, schedules, runtime.log);
    const loop = new Loop({
      ...kafka,
      ...runtime,
      name: 'worker',
      topics: ['incidents'],
      batch_records_max,
      processor: createNotifyProcessor(queue),
      deadLetterTopic: () => 'dlq.index',
      audit_type: 'batch.notify',
      tenant: config.scope,
    });
    const service: Service = {
      name: 'worker',
      failed: loop.failed,
      start: async () => {
        await audit.record([schedulesEntry(schedulesText, config.scope, runtime.clock.now_ms())]);
        await exportQueue.start();
        await loop.start();
      },
      lag: async () =>
        (await loop.lag()) + BigInt(await queue.waiting()) + BigInt(await exportQueue.waiting()),
      stop: async () => {
        await loop.stop();
        await queue.close();
        await exportQueue.close();
        await kafka.close();
      },
    };
    return service;
  },
};

/** Which schedules are in force is evidence of what was to be exported. */
function schedulesEntry(text: string, tenant: string, now_ms: number): AuditEntry {
  return {
    tenant,
    type: 'config.changed',
    time_ns: BigInt(now_ms) * 1_000_000n,
    outcome: 'success',
    facts: { name: 'export-schedules', sha256: hash('sha256', text) },
    body: text,
  };
}

/** Without a receiver, jobs are done at once: the queue then only remembers which incidents opened. */
function deliveryOf(url: string | undefined, secret: string | undefined): Deliver {
  return url === undefined ? () => Promise.resolve('delivered') : createWebhook(url, secret);
}
