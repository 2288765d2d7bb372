import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { checkpointContract } from './contract.ts';
import { createRedisCheckpointStore } from './redis.ts';

const url = serverAddresses().redis_url;

checkpointContract('Redis', () => createRedisCheckpointStore(url));

it('tells a checkpoint that something else overwrote', async () => {
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  await redis.set('breakwater:correlator:checkpoint:9', 'not a checkpoint');
  const store = createRedisCheckpointStore(url);
  onTestFinished(() => store.close());
  await expect(store.load(9)).rejects.toMatchObject({ code: 'BW_CHECKPOINT_CORRUPT' });
});

it('says that Redis does not answer', async () => {
  const store = createRedisCheckpointStore('redis://127.0.0.1:1');
  onTestFinished(() => store.close());
  await expect(store.load(0)).rejects.toMatchObject({ code: 'BW_CHECKPOINT_UNAVAILABLE', retriable: true });
});
