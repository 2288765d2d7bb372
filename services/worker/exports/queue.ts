import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { BreakwaterError, isRetriable } from '#shared/errors/error.ts';
import { createExportJobs, export_queue } from '#shared/jobs/export-jobs.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Schedule } from './schedules.ts';
import type { ExportWork } from './work.ts';

/** Time between two looks for exports without a job, and for bundles that have been kept for long enough. */
const sweep_interval_ms = 60_000;
const sweep_scheduler = 'sweep';
const schedule_prefix = 'schedule/';
const attempts_max = 20;
const backoff_ms = 5_000;

interface JobData {
  readonly id?: string;
  readonly schedule?: string;
}

export interface ExportQueue {
  /** Makes the schedules known to Redis and forgets those that are no more. */
  start(): Promise<void>;
  /** Jobs that wait or run; schedules that are not due are none. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** Works off exports one by one, and asks for those that schedules want. */
export function createExportQueue(
  redis_url: string,
  work: ExportWork,
  schedules: readonly Schedule[],
  log: Log,
): ExportQueue {
  const onError = (error: Error): void => log.warn('redis', { reason: error.message });
  const [producer, consumer] = [1, null].map((maxRetriesPerRequest) =>
    new Redis(redis_url, { maxRetriesPerRequest }).on('error', onError),
  );
  if (producer === undefined || consumer === undefined) throw new TypeError('two connections were opened');
  const queue = new Queue<JobData>(export_queue, { connection: producer }).on('error', onError);
  const jobs = createExportJobs(redis_url, log);
  const worker = new Worker<JobData>(export_queue, (job) => run(job, work, (id) => jobs.add(id)), {
    connection: consumer,
    concurrency: 1,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) =>
    log.warn('export not written', { job: job?.id, reason: error.message }),
  );
  return {
    start: async () => {
      const wanted = new Map(
        schedules.map(({ name, cron }) => [`${schedule_prefix}${name}`, { name, cron }]),
      );
      for (const { key } of await queue.getJobSchedulers()) {
        if (key.startsWith(schedule_prefix) && !wanted.has(key)) await queue.removeJobScheduler(key);
      }
      const opts = {
        attempts: attempts_max,
        backoff: { type: 'exponential', delay: backoff_ms },
        removeOnComplete: true,
        removeOnFail: true,
      };
      for (const [key, { name, cron }] of wanted) {
        const template = { name: 'schedule', data: { schedule: name }, opts };
        await queue.upsertJobScheduler(key, { pattern: cron, tz: 'UTC' }, template);
      }
      const sweep = { name: 'sweep', opts: { removeOnComplete: true, removeOnFail: true } };
      await queue.upsertJobScheduler(sweep_scheduler, { every: sweep_interval_ms }, sweep);
    },
    waiting: () => queue.getJobCountByTypes('waiting', 'active'),
    close: async () => {
      await worker.close();
      await queue.close();
      await jobs.close();
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

async function run(job: Job<JobData>, work: ExportWork, add: (id: string) => Promise<void>): Promise<void> {
  try {
    await runStep(job, work, add);
  } catch (error) {
    // What policy refuses does not get better by trying; all else may.
    if (!(error instanceof BreakwaterError) || isRetriable(error)) throw error;
    throw new UnrecoverableError(`${error.code}: ${error.message}`);
  }
}

async function runStep(
  job: Job<JobData>,
  work: ExportWork,
  add: (id: string) => Promise<void>,
): Promise<void> {
  const { id, schedule } = job.data;
  if (id !== undefined) return work.write(id);
  if (schedule !== undefined) {
    const asked = await work.ask(schedule, dueOf(job));
    if (asked !== undefined) await add(asked);
    return;
  }
  for (const each of work.waiting()) await add(each);
  await work.expire();
}

/** When a job of a schedule was due: its id ends with that time, so that every try of it asks for the same. */
function dueOf(job: Job<JobData>): number {
  const [, due] = /:(\d+)$/.exec(job.id ?? '') ?? [];
  return due === undefined ? job.timestamp : Number(due);
}
