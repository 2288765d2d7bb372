/**
 * The stream port: what services know of Kafka. Adapters: `kafkajs/` (real brokers) and `memory/` (replay, tests).
 * One contract suite (`contract.ts`) runs on every adapter. No type of a client library appears here.
 */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One Kafka message as it came. */
export interface StreamRecord extends TopicPartition {
  readonly offset: bigint;
  /** Broker or producer time, milliseconds since the epoch. */
  readonly timestamp_ms: number;
  readonly key: Buffer | undefined;
  /** `undefined` is a tombstone. */
  readonly value: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Consecutive records of one partition, in offset order, never empty. */
export interface StreamBatch extends TopicPartition {
  readonly records: readonly StreamRecord[];
}

/** A record to be written. Without `partition`, the key decides (murmur2, as the Java client does). */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key?: string | Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timestamp_ms?: number | undefined;
  readonly partition?: number | undefined;
}

/** Offsets that retention removed before they were read: `from` inclusive, `to` exclusive. */
export interface StreamGap extends TopicPartition {
  readonly from: bigint;
  readonly to: bigint;
}

export interface ReaderOptions {
  /** Consumer group. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Largest batch handed to the handler. */
  readonly batch_records_max: number;
  /** Records may wait a fifth of a second for others: fewer, larger batches. Without it they come as soon as they can. */
  readonly patient?: boolean | undefined;
  /**
   * `handled`: the offset after a batch is committed when its handler resolves.
   * `manual`: the caller commits, for state that is saved together with its offsets.
   */
  readonly commit: 'handled' | 'manual';
  /**
   * Asked when partitions are gained (those kept through a rebalance just go on): where to start instead of the
   * committed offset. A partition that is not in the answer starts at its committed offset, or at the earliest record.
   */
  readonly positions?: (
    gained: readonly TopicPartition[],
  ) => Promise<readonly (TopicPartition & { readonly offset: bigint })[]>;
  /** Called before the first batch after a gap; never silent. */
  readonly onGap: (gap: StreamGap) => void;
  /** The partitions are no longer ours; running handlers may still finish, but their commits are ignored. */
  readonly onRevoked?: (revoked: readonly TopicPartition[]) => void;
}

/**
 * A group reads the same partition numbers of all its topics in one member, so that topics keyed alike meet there.
 * Batches of one partition are handled one after the other, of different partitions concurrently. While a handler
 * runs, its partition is not fetched (back-pressure) and membership in the group is kept alive.
 */
export type BatchHandler = (batch: StreamBatch) => Promise<void>;

export interface StreamReader {
  /**
   * Starts to consume; resolves once the group is joined. A handler that throws stops the reader: see `failed`.
   * @throws BW_KAFKA_UNKNOWN_TOPIC, BW_KAFKA_UNAVAILABLE
   */
  start(handler: BatchHandler): Promise<void>;
  /** Rejects when the reader cannot go on (a handler threw, the client died); never resolves. */
  readonly failed: Promise<never>;
  /** Commits for `commit: 'manual'`. `offset` is the next one to read. Ignored for partitions no longer assigned. */
  commit(position: TopicPartition & { readonly offset: bigint }): Promise<void>;
  /** How many records lie between what was handled and the end of the assigned partitions. */
  lag(): Promise<bigint>;
  /** Waits for running handlers, commits, leaves the group. Idempotent. */
  stop(): Promise<void>;
}

export interface StreamWriter {
  /**
   * Resolves when every record is acknowledged by all in-sync replicas. Retries inside, in order a partition, until
   * `send_deadline_ms`; then throws a retriable `BW_KAFKA_SEND_FAILED`: the caller may send again (duplicates are
   * removed by id downstream).
   * @throws BW_KAFKA_SEND_FAILED, BW_KAFKA_SEND_REFUSED, BW_KAFKA_UNKNOWN_TOPIC
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A topic as `schemas/topics` declares it. */
export interface TopicDefinition {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** A Kafka cluster, or its stand-in. */
export interface Stream {
  reader(options: ReaderOptions): StreamReader;
  writer(): StreamWriter;
  /** Creates what is missing; never changes or deletes. Resolves when leaders are known. */
  createTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /** First and next offset of each partition. */
  offsets(
    topic: string,
  ): Promise<readonly { readonly partition: number; readonly low: bigint; readonly high: bigint }[]>;
  /** Human-readable, for logs and the demo: `Kafka at 127.0.0.1:19092 (1 broker)`. */
  describe(): Promise<string>;
  close(): Promise<void>;
}
