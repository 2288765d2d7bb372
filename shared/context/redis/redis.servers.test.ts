import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { contextContract } from '../contract.ts';
import type { ContextStore } from '../port.ts';
import { createRedisContextStore, type RedisContextSettings } from './store.ts';

const url = serverAddresses().redis_url;

contextContract({
  name: 'Redis',
  open: () => createRedisContextStore({ url }),
  property_runs: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 30),
});

describe('Redis alone', () => {
  const unavailable = expect.objectContaining({ code: 'BW_CONTEXT_UNAVAILABLE', retriable: true });

  function open(settings: Partial<RedisContextSettings> = {}): ContextStore {
    const store = createRedisContextStore({ url, ...settings });
    onTestFinished(() => store.close());
    return store;
  }

  function client(): Redis {
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    return redis;
  }

  const said = (key: string, pod: string, from_ns = 1n) => ({
    key,
    from_ns,
    to_ns: undefined,
    value: { pod },
  });
  const newKey = (): string => `${Date.now()}-${Math.random()}`;

  test('several processes that write at once lose nothing', async () => {
    const key = newKey();
    const stores = Array.from({ length: 4 }, () => open());
    const pods = Array.from({ length: 40 }, (_, index) => `pod-${index}`);
    await Promise.all(
      stores.flatMap((store, turn) =>
        pods.filter((_, index) => index % 4 === turn).map((pod) => store.write([said(key, pod)])),
      ),
    );
    const [known] = await open().read([key]);
    expect(known?.map(({ value }) => value['pod']).toSorted()).toEqual(pods.toSorted());
  });

  test('what another process wrote is seen when the cached answer has aged', async () => {
    const key = newKey();
    const [mine, other] = [open({ cache_age_ms_max: 30 }), open()];
    expect(await mine.read([key])).toEqual([[]]);
    await other.write([said(key, 'a')]);
    await expect.poll(async () => (await mine.read([key]))[0]?.length).toBe(1);
  });

  test('what is said again is not sent again while it is cached', async () => {
    const key = newKey();
    const store = open();
    await store.write([said(key, 'a')]);
    await store.read([key]);
    await client().del(`{breakwater:context}:${key}`);
    await store.write([said(key, 'a', 5n)]);
    expect(await open().read([key])).toEqual([[]]);
  });

  test('keys live as long as they are said', async () => {
    const key = newKey();
    await open({ ttl_ms: 60_000 }).write([said(key, 'a')]);
    await open({ ttl_ms: 90_000 }).write([said(key, 'a')]);
    const left_ms = await client().pttl(`{breakwater:context}:${key}`);
    expect(left_ms).toBeGreaterThan(80_000);
    expect(left_ms).toBeLessThanOrEqual(90_000);
  });

  test('a server that forgot its scripts and its data is written anew', async () => {
    const key = newKey();
    const store = open();
    await store.write([said(key, 'a')]);
    await client().script('FLUSH');
    await client().del(`{breakwater:context}:${key}`);
    await store.write([said(key, 'b')]);
    expect(await open().read([key])).toEqual([[{ from_ns: 1n, to_ns: undefined, value: { pod: 'b' } }]]);
  });

  test('without a server, a call fails at once and says that it may be tried again', async () => {
    const store = open({ url: 'redis://127.0.0.1:1' });
    const start = performance.now();
    await expect(store.read(['a'])).rejects.toEqual(unavailable);
    await expect(store.write([said('a', 'b')])).rejects.toEqual(unavailable);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('a server that was away is found again', async () => {
    const { port, hostname } = new URL(url);
    const proxy = await startProxy(Number(port), hostname);
    onTestFinished(() => proxy.stop());
    const store = open({ url: `redis://127.0.0.1:${proxy.port}`, cache_age_ms_max: 1 });
    const key = newKey();
    await store.write([said(key, 'a')]);
    await proxy.stop();
    await expect.poll(() => store.read([key]).catch((error: unknown) => error)).toEqual(unavailable);
    await proxy.start();
    await expect.poll(() => store.read([key]).catch(() => []), { timeout: 10_000 }).toHaveLength(1);
  });
});

/** A TCP relay that can be taken away. */
async function startProxy(target_port: number, target_host: string) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target_port, target_host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  let port = 0;
  async function start(): Promise<void> {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  }
  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
  await start();
  return { port, start, stop };
}
