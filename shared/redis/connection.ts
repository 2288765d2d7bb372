import { Redis } from 'ioredis';
import type { ErrorCode } from '#shared/errors/codes.ts';
import { BreakwaterError, messageOf } from '#shared/errors/error.ts';

const connect_timeout_ms = 5_000;

export interface RedisSettings {
  /** `redis://` or `rediss://`, with credentials and database number if need be. */
  readonly url: string;
  /** A server that is silent for so long counts as gone. */
  readonly command_timeout_ms: number;
  /** What is thrown then. */
  readonly unavailable: ErrorCode;
}

/** A connection that fails fast: who asks can do without an answer, but not wait for one. */
export interface RedisConnection {
  /** @throws the code for an unavailable server; at once while it is known to be gone */
  use<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects when it is first used, and again by itself whenever the connection was lost. */
export function connectRedis({ url, command_timeout_ms, unavailable }: RedisSettings): RedisConnection {
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
      const reason = messageOf(lastError ?? error);
      throw new BreakwaterError(unavailable, `Redis does not answer: ${reason}`, {}, error);
    }
  }

  return {
    use,
    close: async () => redis.disconnect(),
  };
}
