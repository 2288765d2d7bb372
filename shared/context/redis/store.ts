import { LRUCache } from 'lru-cache';
import { connectRedis } from '#shared/redis/connection.ts';
import { type KnownInterval, mergeInterval, valueText } from '../intervals.ts';
import type { ContextEntry, ContextStore } from '../port.ts';
import { decodeIntervals, encodeInterval } from './encoding.ts';
import { mergeScript } from './merge.ts';

export interface RedisContextSettings {
  /** `redis://` or `rediss://`, with credentials and database number if need be. */
  readonly url: string;
  /** What is not said again for so long is forgotten. */
  readonly ttl_ms?: number | undefined;
  /** How old an answer may be, when other processes have written since. */
  readonly cache_age_ms_max?: number | undefined;
}

/** As long as the facts topic keeps what was said. */
const ttl_ms_default = 30 * 24 * 60 * 60 * 1000;
const cache_age_ms_max_default = 2_000;
/** Who asks can do without an answer, but not wait for one. */
const command_timeout_ms = 2_000;
const cache_keys_max = 50_000;
/** Keys of one command: many enough to be quick, few enough not to keep the server's other clients waiting. */
const keys_per_command_max = 250;
/** In braces, so that in a cluster all keys lie together, as commands over several keys need. */
const key_prefix = '{breakwater:context}:';

interface Said extends KnownInterval {
  readonly key: string;
}

/**
 * Context shared by all processes. Redis is a copy that may be lost: the inventory service writes it anew from its
 * topic. While it does not answer, `read` and `write` throw a retriable `BW_CONTEXT_UNAVAILABLE`.
 */
export function createRedisContextStore(settings: RedisContextSettings): ContextStore {
  const { ttl_ms = ttl_ms_default, cache_age_ms_max = cache_age_ms_max_default } = settings;
  const connection = connectRedis({
    url: settings.url,
    command_timeout_ms,
    unavailable: 'BW_CONTEXT_UNAVAILABLE',
  });
  const cache = new LRUCache<string, readonly KnownInterval[]>({
    max: cache_keys_max,
    ttl: cache_age_ms_max,
  });
  /** Raised by each write: an answer that was under way meanwhile may be older than the write. */
  let writes = 0;

  async function fetch(keys: readonly string[]): Promise<ReadonlyMap<string, readonly KnownInterval[]>> {
    const writes_before = writes;
    const answers = await connection.use((redis) =>
      Promise.all(chunksOf(keys).map((chunk) => redis.mget(chunk.map((key) => key_prefix + key)))),
    );
    const lines = answers.flat();
    const fetched = new Map(keys.map((key, index) => [key, decodeIntervals(lines[index] ?? null)]));
    if (writes === writes_before) for (const [key, intervals] of fetched) cache.set(key, intervals);
    return fetched;
  }

  async function merge(said: readonly Said[]): Promise<void> {
    writes++;
    await connection.use((redis) =>
      Promise.all(
        chunksOf(said).map((chunk) =>
          redis.eval(
            mergeScript,
            chunk.length,
            ...chunk.map(({ key }) => key_prefix + key),
            ttl_ms,
            ...chunk.map(encodeInterval),
          ),
        ),
      ),
    );
    for (const one of said) {
      const cached = cache.peek(one.key);
      if (cached !== undefined) cache.set(one.key, mergeInterval(cached, one), { noUpdateTTL: true });
    }
  }

  /** The cache holds it already, so that Redis does. */
  function isKnown(said: Said): boolean {
    const cached = cache.get(said.key);
    return cached !== undefined && mergeInterval(cached, said) === cached;
  }

  return {
    async read(keys) {
      const cached = new Map(keys.map((key) => [key, cache.get(key)]));
      const missing = [...cached].filter(([, intervals]) => intervals === undefined).map(([key]) => key);
      const fetched = missing.length === 0 ? undefined : await fetch(missing);
      return keys.map((key) => (cached.get(key) ?? fetched?.get(key) ?? []).map(({ interval }) => interval));
    },
    async write(entries) {
      const said = entries.map(saidBy).filter((one) => !isKnown(one));
      if (said.length > 0) await merge(said);
    },
    close: () => connection.close(),
  };
}

function saidBy({ key, from_ns, to_ns, value }: ContextEntry): Said {
  return { key, text: valueText(value), interval: { from_ns, to_ns, value } };
}

function chunksOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += keys_per_command_max) {
    chunks.push(items.slice(at, at + keys_per_command_max));
  }
  return chunks;
}
