import { type Clock, systemClock } from '#shared/clock/clock.ts';
import { unknownTopic } from '../errors.ts';
import { partitionOfKey } from '../murmur2.ts';
import type { OutgoingRecord, Stream, TopicPartition } from '../port.ts';
import { createGroup, type Group } from './group.ts';
import { createPartitionLog, type PartitionLog } from './log.ts';
import { createMemoryReader } from './reader.ts';

export interface MemoryStreamOptions {
  /**
   * `all` keeps every record. `unread` forgets what all groups of a topic have committed, so that a long replay stays
   * in bounds; every group has to join before the first record, and topics that no group reads are kept.
   */
  readonly retention?: 'all' | 'unread';
  /** For records without a time of their own. */
  readonly clock?: Clock;
}

export interface MemoryStream extends Stream {
  /** What retention does to a real topic: removes the records before `offset`. */
  truncate(partition: TopicPartition, offset: bigint): void;
}

/**
 * Topics, partitions and consumer groups within this process, with the semantics of Kafka as far as the port shows
 * them. Nothing waits for a timer: the order of events depends on the handlers alone.
 */
export function createMemoryStream({
  retention = 'all',
  clock = systemClock,
}: MemoryStreamOptions = {}): MemoryStream {
  const topics = new Map<string, readonly PartitionLog[]>();
  const groups = new Map<string, Group>();
  let readers = 0;
  /** Calls that wrote to a topic so far. */
  const turns = new Map<string, number>();

  function logsOf(topic: string): readonly PartitionLog[] {
    const logs = topics.get(topic);
    if (logs === undefined) throw unknownTopic(topic);
    return logs;
  }

  function logOf({ topic, partition }: TopicPartition): PartitionLog {
    const log = logsOf(topic)[partition];
    if (log === undefined) throw unknownTopic(`${topic}/${partition}`);
    return log;
  }

  function groupOf(name: string): Group {
    const known = groups.get(name) ?? createGroup((topic) => logsOf(topic).length);
    groups.set(name, known);
    return known;
  }

  function append(record: OutgoingRecord): void {
    const logs = logsOf(record.topic);
    const key = typeof record.key === 'string' ? Buffer.from(record.key) : record.key;
    const partition =
      record.partition ??
      (key === undefined ? (turns.get(record.topic) ?? 0) % logs.length : partitionOfKey(key, logs.length));
    logOf({ topic: record.topic, partition }).append({
      timestamp_ms: record.timestamp_ms ?? clock.now_ms(),
      key,
      value: record.value,
      headers: record.headers ?? {},
    });
  }

  /** Drops what every group that reads the topic has committed. */
  function forget(partition: TopicPartition): void {
    const positions = [...groups.values()]
      .filter((group) => group.reads(partition.topic))
      .map((group) => group.committed(partition) ?? 0n);
    logOf(partition).truncate(positions.reduce((least, offset) => (offset < least ? offset : least)));
  }

  return {
    reader(options) {
      return createMemoryReader({
        ...options,
        id: String(readers++).padStart(6, '0'),
        group_state: groupOf(options.group),
        log: logOf,
        onCommit: retention === 'unread' ? forget : () => undefined,
      });
    },
    writer: () => ({
      async send(records) {
        // Records without a key go to one partition a call, as real writers do for the sake of large batches.
        for (const topic of new Set(records.map((record) => record.topic)))
          turns.set(topic, (turns.get(topic) ?? 0) + 1);
        for (const record of records) append(record);
      },
      close: () => Promise.resolve(),
    }),
    async createTopics(definitions) {
      for (const { name, partitions } of definitions) {
        if (topics.has(name)) continue;
        topics.set(
          name,
          Array.from({ length: partitions }, (_, partition) => createPartitionLog(name, partition)),
        );
      }
    },
    offsets: async (topic) => logsOf(topic).map(({ partition, low, high }) => ({ partition, low, high })),
    describe: () => Promise.resolve('topics in memory'),
    close: () => Promise.resolve(),
    truncate: (partition, offset) => logOf(partition).truncate(offset),
  };
}
