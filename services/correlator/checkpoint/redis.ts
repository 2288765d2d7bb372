import { Redis } from 'ioredis';
import { BreakwaterError } from '#shared/errors/error.ts';
import { decodeCheckpoint, encodeCheckpoint } from './encoding.ts';
import type { CheckpointStore } from './port.ts';

const connect_timeout_ms = 5_000;
/** A checkpoint of the largest size has to pass within this time. */
const command_timeout_ms = 60_000;
const key_prefix = 'breakwater:correlator:checkpoint:';

/** Checkpoints in Redis: one value a partition, replaced by one command. */
export function createRedisCheckpointStore(url: string): CheckpointStore {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connect_timeout_ms,
    commandTimeout: command_timeout_ms,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });

  async function use<T>(command: () => Promise<T>): Promise<T> {
    try {
      if (redis.status === 'wait') await redis.connect();
      return await command();
    } catch (error) {
      const reason = lastError?.message ?? (error instanceof Error ? error.message : String(error));
      throw new BreakwaterError('BW_CHECKPOINT_UNAVAILABLE', `Redis does not answer: ${reason}`, {}, error);
    }
  }

  return {
    load: async (partition) => {
      const saved = await use(() => redis.getBuffer(key_prefix + partition));
      return saved === null ? undefined : decodeCheckpoint(saved);
    },
    save: async (checkpoint) => {
      const bytes = await encodeCheckpoint(checkpoint);
      await use(() => redis.set(key_prefix + checkpoint.partition, bytes));
    },
    close: async () => redis.disconnect(),
  };
}
