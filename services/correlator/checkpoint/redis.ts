import { connectRedis } from '#shared/redis/connection.ts';
import { decodeCheckpoint, encodeCheckpoint } from './encoding.ts';
import type { CheckpointStore } from './port.ts';

/** A checkpoint of the largest size has to pass within this time. */
const command_timeout_ms = 60_000;
const key_prefix = 'breakwater:correlator:checkpoint:';

/** Checkpoints in Redis: one value a partition, replaced by one command. */
export function createRedisCheckpointStore(url: string): CheckpointStore {
  const connection = connectRedis({ url, command_timeout_ms, unavailable: 'BW_CHECKPOINT_UNAVAILABLE' });
  return {
    load: async (partition) => {
      const saved = await connection.use((redis) => redis.getBuffer(key_prefix + partition));
      return saved === null ? undefined : decodeCheckpoint(saved);
    },
    save: async (checkpoint) => {
      const bytes = await encodeCheckpoint(checkpoint);
      await connection.use((redis) => redis.set(key_prefix + checkpoint.partition, bytes));
    },
    close: () => connection.close(),
  };
}
