import { randomUUID } from 'node:crypto';
import { Client } from '@elastic/elasticsearch';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { serverAddresses } from './addresses.ts';

const { kafka_brokers, elasticsearch_url, redis_url } = serverAddresses();
const name = `smoke-${randomUUID()}`;

it('carries a message through Kafka', async () => {
  const kafka = new Kafka({ brokers: kafka_brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: name, maxWaitTimeInMs: 200 });
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }], waitForLeaders: true });
  await producer.send({ topic: name, acks: -1, messages: [{ key: 'k', value: 'v' }] });
  await consumer.subscribe({ topic: name, fromBeginning: true });
  const { promise: received, resolve } = Promise.withResolvers<string | undefined>();
  await consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  await expect(received).resolves.toBe('v');
  await consumer.disconnect();
  await admin.deleteTopics({ topics: [name] });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

it('fails on a topic that nobody declared', async () => {
  const kafka = new Kafka({
    brokers: kafka_brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: true });
  await producer.connect();
  const sending = producer.send({ topic: `${name}-undeclared`, messages: [{ value: 'v' }] });
  await expect(sending).rejects.toThrow(/does not host this topic-partition/);
  await producer.disconnect();
});

it('finds a document in Elasticsearch', async () => {
  const client = new Client({ node: elasticsearch_url });
  await client.index({ index: name, id: '1', document: { message: 'harbour' }, refresh: true });
  const found = await client.search({ index: name, query: { match: { message: 'harbour' } } });
  expect(found.hits.hits.map((hit) => hit._id)).toEqual(['1']);
  await client.indices.delete({ index: name });
  await client.close();
});

it('keeps a value in Redis, and would rather refuse than evict', async () => {
  const redis = new Redis(redis_url);
  expect(await redis.ping()).toBe('PONG');
  await redis.set(name, '1');
  expect(await redis.getdel(name)).toBe('1');
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  redis.disconnect();
});
