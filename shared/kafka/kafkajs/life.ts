import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { StreamRecord, TopicPartition } from '../port.ts';
import { createAssigner } from './assigner.ts';
import { createClient, retry } from './client.ts';
import type { Position } from './committer.ts';
import { startHeartbeat } from './heartbeat.ts';
import { toStreamRecord } from './record.ts';
import type { KafkaSettings } from './settings.ts';

const session_timeout_ms_default = 30_000;
/** Members learn of a rebalance from the answer to a heartbeat: often, so that it is over quickly. */
const heartbeat_interval_ms = 1_000;
const rebalance_timeout_ms = 60_000;
/** A fetch waits so long for data, and so do a join, a resume and a stop that come meanwhile. */
const fetch_wait_ms = 200;
/** A patient reader's fetch is answered before that time only with so much; compressed. */
const fetch_patient_bytes_min = 256 * 1024;
/** Compressed; a larger record batch still comes whole, alone. */
const fetch_partition_bytes_max = 1024 * 1024;
const fetch_bytes_max = 4 * 1024 * 1024;
/** New partitions of a topic are found within this time. */
const metadata_age_ms_max = 60_000;
/** Batches that kafkajs hands over at a time; taking one over is quick, so this is no bound on the handlers. */
const partitions_concurrent_max = 64;

/** What a fetch brought for one partition. */
export interface FetchedBatch extends TopicPartition {
  /** The offset that was asked for. */
  readonly asked: bigint;
  /** The offset behind the batch, which may be further than the last record's. */
  readonly next: bigint;
  readonly records: () => readonly StreamRecord[];
  /** The partition was sought elsewhere since. */
  readonly isStale: () => boolean;
  /** The next fetch goes on behind the batch. Otherwise it comes again. */
  readonly accept: () => void;
}

export interface LifeEvents {
  /** Called before anything is fetched for the new assignment. */
  onJoined(life: Life, member: string, assigned: readonly TopicPartition[]): void;
  onBatch(life: Life, batch: FetchedBatch): Promise<void>;
  /** This life is over; it has left the group if it could. Not called for what `beginLife` throws. */
  onCrash(life: Life, error: unknown): void;
}

export interface LifeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly patient?: boolean | undefined;
  /** The partition numbers read now, for an assignment that keeps them. */
  readonly owned: () => readonly number[];
}

/** One kafkajs consumer from joining the group to its first crash; it is never restarted, but followed by another. */
export interface Life {
  pause(partitions: readonly TopicPartition[]): void;
  resume(partition: TopicPartition): void;
  seek(partition: TopicPartition, offset: bigint): void;
  commit(positions: readonly Position[]): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

/** Resolves when the group is joined. */
export async function beginLife(
  settings: KafkaSettings,
  { group, topics, patient = false, owned }: LifeOptions,
  events: LifeEvents,
): Promise<Life> {
  const consumer = createClient(settings).consumer({
    groupId: group,
    sessionTimeout: settings.session_timeout_ms ?? session_timeout_ms_default,
    heartbeatInterval: heartbeat_interval_ms,
    rebalanceTimeout: rebalance_timeout_ms,
    maxWaitTimeInMs: fetch_wait_ms,
    minBytes: patient ? fetch_patient_bytes_min : 1,
    maxBytesPerPartition: fetch_partition_bytes_max,
    maxBytes: fetch_bytes_max,
    metadataMaxAge: metadata_age_ms_max,
    allowAutoTopicCreation: false,
    partitionAssigners: [createAssigner(owned)],
    // kafkajs's own restart may bring back a consumer that was stopped.
    retry: { ...retry, restartOnFailure: () => Promise.resolve(false) },
  });
  const heartbeat = startHeartbeat(heartbeat_interval_ms);
  const life = createLife(consumer, () => heartbeat.stop());
  let joined = false;
  const crash = Promise.withResolvers<never>();

  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
    if (life.isClosed()) return;
    joined = true;
    events.onJoined(life, memberId, partitionsOf(memberAssignment));
  });
  // A crash is announced only after kafkajs has stopped the consumer, which then throws at every call.
  consumer.on(consumer.events.STOP, () => life.end());
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    if (life.isClosed()) return;
    if (joined) events.onCrash(life, error);
    else crash.reject(error);
  });

  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await Promise.race([crash.promise, consumer.run(runOptions(life))]);
  } catch (error) {
    await life.close();
    throw error;
  }
  return life;

  function runOptions(ofLife: Life) {
    return {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitions_concurrent_max,
      eachBatch: async (payload: EachBatchPayload) => {
        heartbeat.sendWith(() => payload.heartbeat());
        await events.onBatch(ofLife, fetchedBatch(payload));
      },
    };
  }
}

interface OwnLife extends Life {
  isClosed(): boolean;
  /** The consumer takes no calls any more. */
  end(): void;
}

function createLife(consumer: Consumer, onEnd: () => void): OwnLife {
  let over = false;
  let closed = false;
  function end(): void {
    over = true;
    onEnd();
  }
  return {
    isClosed: () => closed,
    end,
    pause(partitions) {
      if (!over)
        consumer.pause(partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    },
    resume({ topic, partition }) {
      if (!over) consumer.resume([{ topic, partitions: [partition] }]);
    },
    seek({ topic, partition }, offset) {
      if (!over) consumer.seek({ topic, partition, offset: String(offset) });
    },
    async commit(positions) {
      if (over) return;
      await consumer.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      );
    },
    async close() {
      closed = true;
      end();
      // Who cannot say goodbye is missed after the session timeout.
      await Promise.allSettled([consumer.disconnect()]);
    },
  };
}

function partitionsOf(assignment: Readonly<Record<string, readonly number[]>>): readonly TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function fetchedBatch(payload: EachBatchPayload): FetchedBatch {
  const { batch } = payload;
  const { topic, partition, messages } = batch;
  const last = batch.lastOffset();
  return {
    topic,
    partition,
    asked: askedOffset(batch),
    next: BigInt(last) + 1n,
    records: () => messages.map((message) => toStreamRecord(topic, partition, message)),
    isStale: () => payload.isStale(),
    accept: () => payload.resolveOffset(last),
  };
}

/** kafkajs 2.2.4 does not declare it. */
function askedOffset(batch: object): bigint {
  if ('fetchedOffset' in batch && typeof batch.fetchedOffset === 'string') return BigInt(batch.fetchedOffset);
  throw new TypeError('kafkajs batch without fetchedOffset');
}
