import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig, PartitionOffset } from 'kafkajs';
import { unknownTopic } from '../errors.ts';
import { partitionKey } from '../partition.ts';
import type { Stream, TopicDefinition } from '../port.ts';
import { createAdminConnection } from './admin-connection.ts';
import { protocolType, translate } from './errors.ts';
import type { KafkaSettings } from './settings.ts';

const replicas_max = 3;
/** With three replicas an acknowledged record survives the loss of one broker. */
const in_sync_replicas_min = 2;
/** A topic just created is known to all brokers within this time. */
const propagation_ms_max = 3_000;
const propagation_check_ms = 200;

/** Questions to the cluster, and the creation of topics. */
export interface KafkaAdmin extends Pick<Stream, 'createTopics' | 'offsets' | 'describe' | 'close'> {
  /** @throws BW_KAFKA_UNKNOWN_TOPIC */
  partitionCount(topic: string): Promise<number>;
  /** The committed offsets of a group by `partitionKey`; a partition without one is missing. */
  committed(group: string, topics: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
}

export function createKafkaAdmin(settings: KafkaSettings): KafkaAdmin {
  const connection = createAdminConnection(settings);

  async function partitionCount(topic: string): Promise<number> {
    const until_ms = Date.now() + propagation_ms_max;
    for (;;) {
      try {
        const { topics } = await connection.use((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
        return topics[0]?.partitions.length ?? 0;
      } catch (error) {
        const unknown = protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
        if (!unknown) throw translate(error, `reading about topic ${topic}`);
        if (Date.now() > until_ms) throw unknownTopic(topic);
        await sleep(propagation_check_ms);
      }
    }
  }

  async function ask<T>(doing: string, call: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await connection.use(call);
    } catch (error) {
      throw translate(error, doing);
    }
  }

  return {
    partitionCount,
    createTopics: (definitions) =>
      ask('creating topics', async (admin) => {
        const existing = new Set(await admin.listTopics());
        const missing = definitions.filter(({ name }) => !existing.has(name));
        if (missing.length === 0) return;
        const { brokers } = await admin.describeCluster();
        const topics = missing.map((definition) => topicConfig(definition, brokers.length));
        const first = await admin.createTopics({ topics, waitForLeaders: true });
        // Another process was faster with some of them; kafkajs then does not wait.
        if (!first) await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
      }),
    offsets: (topic) =>
      ask(`reading the offsets of ${topic}`, async (admin) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return partitions
          .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
          .toSorted((a, b) => a.partition - b.partition);
      }),
    committed: (group, topics) =>
      ask(`reading the offsets of group ${group}`, async (admin) => {
        const answer = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
        return new Map(answer.flatMap(committedOf));
      }),
    describe: () =>
      ask('describing the cluster', async (admin) => {
        const { brokers } = await admin.describeCluster();
        const count = brokers.length === 1 ? '1 broker' : `${brokers.length} brokers`;
        return `Kafka at ${settings.brokers.join(',')} (${count})`;
      }),
    close: () => connection.close(),
  };
}

/** Without a committed offset, Kafka answers -1. */
function committedOf(answer: {
  readonly topic: string;
  readonly partitions: readonly PartitionOffset[];
}): readonly (readonly [string, bigint])[] {
  return answer.partitions
    .map(
      ({ partition, offset }) => [partitionKey({ topic: answer.topic, partition }), BigInt(offset)] as const,
    )
    .filter(([, offset]) => offset >= 0n);
}

function topicConfig({ name, partitions, config }: TopicDefinition, broker_count: number): ITopicConfig {
  const replicas = Math.min(replicas_max, broker_count);
  const defaults = replicas === replicas_max ? { 'min.insync.replicas': String(in_sync_replicas_min) } : {};
  const entries = Object.entries({ ...defaults, ...config });
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: entries.map(([key, value]) => ({ name: key, value })),
  };
}
