import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Log } from '#shared/telemetry/log.ts';

export const export_queue = 'breakwater-exports';
/** Tries of one export; it goes on where the last one was. */
const attempts_max = 20;
const backoff_ms = 5_000;

/** A bundle that is to be written. */
export interface ExportJob {
  readonly id: string;
}

/** Hands exports to the worker. */
export interface ExportJobs {
  /** Adds what is not there yet. @throws BW_JOBS_UNAVAILABLE while Redis is away. */
  add(id: string): Promise<void>;
  close(): Promise<void>;
}

export function createExportJobs(redis_url: string, log: Log): ExportJobs {
  const redis = new Redis(redis_url, { maxRetriesPerRequest: 1 });
  redis.on('error', (error: Error) => log.warn('redis', { reason: error.message }));
  const queue = new Queue<ExportJob>(export_queue, { connection: redis });
  // Redis itself is listened to above.
  queue.on('error', () => undefined);
  return {
    add: async (id) => {
      try {
        await queue.add(
          'write',
          { id },
          {
            jobId: `export-${id}`,
            attempts: attempts_max,
            backoff: { type: 'exponential', delay: backoff_ms },
            removeOnComplete: true,
            removeOnFail: true,
          },
        );
      } catch (error) {
        throw new BreakwaterError(
          'BW_JOBS_UNAVAILABLE',
          'The export could not be handed to the worker',
          { id },
          error,
        );
      }
    },
    close: async () => {
      await queue.close();
      redis.disconnect();
    },
  };
}
