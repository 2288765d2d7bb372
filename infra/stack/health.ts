import { Client } from '@elastic/elasticsearch';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { mendRequestQueue } from '#shared/kafka/kafkajs/request-queue.ts';
import { readKafkaRelease } from './kafka/version.ts';
import type { ServerName } from './server.ts';

const timeout_ms = 3_000;

/** Asks a server whether it works; resolves to its version, or `undefined` when it does not tell. Throws when not. */
export function probe(name: ServerName, address: string): Promise<string | undefined> {
  return probes[name](address);
}

const probes: Readonly<Record<ServerName, (address: string) => Promise<string | undefined>>> = {
  kafka: probeKafka,
  elasticsearch: probeElasticsearch,
  redis: probeRedis,
};

/** An open port is not enough: the broker is ready when the cluster's metadata lists it. */
async function probeKafka(address: string): Promise<string | undefined> {
  const brokers = address.split(',').map((broker) => broker.trim());
  const { broker, release } = await firstThatAnswers(brokers);
  mendRequestQueue();
  const kafka = new Kafka({
    brokers: [broker],
    clientId: 'breakwater-health',
    logLevel: logLevel.NOTHING,
    connectionTimeout: timeout_ms,
    requestTimeout: timeout_ms,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('no broker is registered yet');
    return release;
  } finally {
    await admin.disconnect();
  }
}

/** Asked before kafkajs is, which takes long to say that nothing listens. */
async function firstThatAnswers(brokers: readonly string[]) {
  const ask = async (broker: string) => ({ broker, release: await readKafkaRelease(broker, timeout_ms) });
  try {
    return await Promise.any(brokers.map(ask));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

async function probeElasticsearch(address: string): Promise<string> {
  const client = new Client({ node: address, maxRetries: 0, requestTimeout: timeout_ms });
  try {
    const { version } = await client.info();
    await client.cluster.health({ wait_for_status: 'yellow', timeout: '1s' });
    return version.number;
  } finally {
    await client.close();
  }
}

async function probeRedis(address: string): Promise<string | undefined> {
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: timeout_ms,
    commandTimeout: timeout_ms,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Commands fail with no more than "closed"; why comes here.
  let reason: unknown;
  redis.on('error', (error: unknown) => {
    reason = error;
  });
  try {
    await redis.ping().catch((error: unknown) => {
      throw reason ?? error;
    });
    return /^(?:redis|valkey)_version:(.+)$/m.exec(await redis.info('server'))?.[1]?.trim();
  } finally {
    redis.disconnect();
  }
}
