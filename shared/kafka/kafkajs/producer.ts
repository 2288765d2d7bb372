import kafkajs, { type CompressionTypes, type Message, type Producer } from 'kafkajs';
import { BreakwaterError } from '#shared/errors/error.ts';
import { createClient, retry } from './client.ts';
import { isTransient } from './errors.ts';
import type { Compression, KafkaSettings } from './settings.ts';

/** How long a broker may wait for its in-sync replicas. */
const acknowledge_timeout_ms = 10_000;
const all_in_sync_replicas = -1;
/** Few: the outbox retries, with a fresh producer. */
const attempts_within_kafkajs = 2;

/** Writes messages of one partition and resolves when all in-sync replicas have them. */
export type Produce = (topic: string, partition: number, messages: Message[]) => Promise<void>;

/** What kafkajs answers for each partition that was written. */
export interface Acknowledgement {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** A producer and the sends that are under way with it. */
interface Held {
  readonly producer: Promise<Producer>;
  users: number;
}

/**
 * A producer that is replaced after a failure: kafkajs's keeps stale brokers and topics, and then fails for ever.
 * Not idempotent in Kafka's sense, because kafkajs may lose a message that way; duplicates go by id downstream.
 */
export function createProducer(settings: KafkaSettings): { produce: Produce; close(): Promise<void> } {
  const compression = compressionType(settings.compression ?? 'lz4');
  let held: Held | undefined;

  function hold(): Held {
    return { producer: connect(), users: 0 };
  }

  async function connect(): Promise<Producer> {
    const producer = createClient(settings).producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => partitionOfMessage,
      retry: { ...retry, retries: attempts_within_kafkajs },
    });
    await producer.connect();
    return producer;
  }

  async function discard(failed: Held): Promise<void> {
    if (held === failed) held = undefined;
    if (failed.users > 0) return;
    const [opened] = await Promise.allSettled([failed.producer]);
    // It is given up because it failed: that it cannot say goodbye either is no news.
    if (opened.status === 'fulfilled') await Promise.allSettled([opened.value.disconnect()]);
  }

  async function produce(topic: string, partition: number, messages: Message[]): Promise<void> {
    const used = (held ??= hold());
    used.users++;
    try {
      const producer = await used.producer;
      const acknowledged = await producer.send({
        topic,
        messages,
        compression,
        acks: all_in_sync_replicas,
        timeout: acknowledge_timeout_ms,
      });
      checkAcknowledged(acknowledged, topic, partition);
    } catch (error) {
      if (isTransient(error) && held === used) held = undefined;
      throw error;
    } finally {
      used.users--;
      if (held !== used) void discard(used);
    }
  }

  return {
    produce,
    async close() {
      if (held !== undefined) await discard(held);
    },
  };
}

/**
 * kafkajs forgets a partition whose leader moves, during a retry, to a broker that has already answered; the send then
 * succeeds without it.
 * @throws BW_KAFKA_SEND_FAILED when the partition is not among the acknowledged ones
 */
export function checkAcknowledged(
  acknowledged: readonly Acknowledgement[],
  topic: string,
  partition: number,
): void {
  const own = acknowledged.some(
    (entry) => entry.topicName === topic && entry.partition === partition && entry.errorCode === 0,
  );
  if (own) return;
  throw new BreakwaterError('BW_KAFKA_SEND_FAILED', `${topic}/${partition} was not acknowledged`, {
    topic,
    partition,
  });
}

/** The writer has chosen already. */
function partitionOfMessage({ message }: { readonly message: Message }): number {
  return message.partition ?? 0;
}

function compressionType(compression: Compression): CompressionTypes {
  const { CompressionTypes: types } = kafkajs;
  return {
    none: types.None,
    gzip: types.GZIP,
    snappy: types.Snappy,
    lz4: types.LZ4,
    zstd: types.ZSTD,
  }[compression];
}
