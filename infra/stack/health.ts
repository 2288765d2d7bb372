import { connect } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
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
async function probeKafka(address: string): Promise<undefined> {
  const brokers = address.split(',').map((broker) => broker.trim());
  await firstThatListens(brokers);
  const kafka = new Kafka({
    brokers,
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
  } finally {
    await admin.disconnect();
  }
}

/** kafkajs takes long to say that nothing listens; a plain connection says it at once. */
async function firstThatListens(brokers: readonly string[]): Promise<void> {
  await Promise.any(brokers.map(listens)).catch((error: unknown) => {
    throw error instanceof AggregateError ? error.errors[0] : error;
  });
}

function listens(broker: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const at = broker.lastIndexOf(':');
  const socket = connect({
    host: broker.slice(0, at),
    port: Number(broker.slice(at + 1)),
    timeout: timeout_ms,
  });
  socket.once('connect', () => socket.destroy() && resolve());
  socket.once('timeout', () => socket.destroy(new Error(`${broker} does not answer`)));
  socket.once('error', reject);
  return promise;
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
