import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Log } from '#shared/telemetry/log.ts';
import { jobIdOf, type Notification } from './notification.ts';

const queue_name = 'breakwater-notify';
/** Tries of one notification: with doubling back-off from one second, the last comes after about two hours. */
const attempts_max = 14;
const backoff_ms = 1000;
/** Finished jobs are kept this long, so that a replayed "opened" finds its job and is not sent twice. */
const finished_age_seconds = 30 * 24 * 60 * 60;
const concurrency = 4;

/** Sends one notification; throws when it should be tried again. */
export type Deliver = (notification: Notification) => Promise<'delivered' | 'refused'>;

/** The job queue behind the worker: one job per opened incident, in Redis through BullMQ. */
export interface NotifyQueue {
  /** Adds what is not there yet. */
  add(notifications: readonly Notification[]): Promise<void>;
  /** Jobs that wait or run. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** Opens the queue and starts to work it off. */
export function createNotifyQueue(url: string, deliver: Deliver, log: Log): NotifyQueue {
  const onError = (error: Error): void => log.warn('redis', { reason: error.message });
  const producer = new Redis(url, { maxRetriesPerRequest: 1 }).on('error', onError);
  const consumer = new Redis(url, { maxRetriesPerRequest: null }).on('error', onError);
  const queue = new Queue<Notification>(queue_name, { connection: producer });
  const worker = new Worker<Notification>(queue_name, (job) => work(job, deliver), {
    connection: consumer,
    concurrency,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) =>
    log.warn('notification not delivered', {
      job: job?.id,
      attempt: job?.attemptsMade,
      reason: error.message,
    }),
  );
  return {
    add: async (notifications) => {
      await queue.addBulk(
        notifications.map((data) => ({
          name: 'incident-opened',
          data,
          opts: {
            jobId: jobIdOf(data),
            attempts: attempts_max,
            backoff: { type: 'exponential', delay: backoff_ms },
            removeOnComplete: { age: finished_age_seconds },
            removeOnFail: { age: finished_age_seconds },
          },
        })),
      );
    },
    waiting: () => queue.getJobCountByTypes('waiting', 'active', 'delayed'),
    close: async () => {
      await worker.close();
      await queue.close();
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

async function work(job: Job<Notification>, deliver: Deliver): Promise<void> {
  const outcome = await deliver(job.data);
  if (outcome === 'refused') throw new UnrecoverableError('the receiver refused the notification');
}
