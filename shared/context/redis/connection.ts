import { Redis } from 'ioredis';
import { BreakwaterError } from '#shared/errors/error.ts';

const connect_timeout_ms = 5_000;
/** A server that is silent for so long counts as gone. */
const command_timeout_ms = 2_000;

/** A connection that fails fast: who asks can do without an answer, but not wait for one. */
export interface RedisConnection {
  /** @throws BW_CONTEXT_UNAVAILABLE (retriable); at once while the server is known to be gone */
  use<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects when it is first used, and again by itself whenever the connection was lost. */
export function connectRedis(url: string): RedisConnection {
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
  let connecting: Promise<unknown> = Promise.resolve();

  async function use<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (redis.status === 'wait') connecting = Promise.allSettled([redis.connect()]);
    await connecting;
    try {
      const answer = await command(redis);
      lastError = undefined;
      return answer;
    } catch (error) {
      const reason = lastError?.message ?? (error instanceof Error ? error.message : String(error));
      throw new BreakwaterError('BW_CONTEXT_UNAVAILABLE', `Redis does not answer: ${reason}`, {}, error);
    }
  }

  return {
    use,
    close: async () => redis.disconnect(),
  };
}
