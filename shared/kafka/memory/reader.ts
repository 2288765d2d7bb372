import { partitionKey } from '../partition.ts';
import type { BatchHandler, ReaderOptions, StreamReader, TopicPartition } from '../port.ts';
import type { Group, GroupMember } from './group.ts';
import { type Lane, openLane } from './lane.ts';
import type { PartitionLog } from './log.ts';

export interface MemoryReaderOptions extends ReaderOptions {
  readonly id: string;
  readonly group_state: Group;
  log(partition: TopicPartition): PartitionLog;
  /** After each commit. */
  onCommit(partition: TopicPartition): void;
}

interface OwnedLane extends TopicPartition {
  readonly lane: Lane;
}

export function createMemoryReader(options: MemoryReaderOptions): StreamReader {
  const { group_state: group } = options;
  const owned = new Map<string, TopicPartition>();
  const lanes = new Map<string, OwnedLane>();
  const finishing = new Map<string, Promise<void>>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  let handler: BatchHandler | undefined;
  let started = false;
  let opening: Promise<void> = Promise.resolve();
  let stopping: Promise<void> | undefined;

  const member: GroupMember = {
    id: options.id,
    topics: options.topics,
    get owned() {
      return [...owned.values()];
    },
    assign(partitions) {
      for (const partition of partitions) owned.set(partitionKey(partition), partition);
      opening = opening.then(() => openLanes(partitions));
      opening.catch((error: unknown) => {
        if (started) fail(error);
      });
    },
    revoke(partitions) {
      for (const partition of partitions) release(partition);
      options.onRevoked?.(partitions);
    },
  };

  async function openLanes(partitions: readonly TopicPartition[]): Promise<void> {
    const asked = await askPositions(partitions);
    for (const partition of partitions) {
      if (!owned.has(partitionKey(partition)) || stopping !== undefined) continue;
      openLaneAt(partition, asked.get(partitionKey(partition)) ?? group.committed(partition));
    }
  }

  async function askPositions(partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
    const positions = (await options.positions?.(partitions)) ?? [];
    return new Map(positions.map((position) => [partitionKey(position), position.offset]));
  }

  function openLaneAt(partition: TopicPartition, start: bigint | undefined): void {
    if (handler === undefined) return;
    const key = partitionKey(partition);
    const log = options.log(partition);
    const lane = openLane({
      log,
      start: start ?? log.low,
      batch_records_max: options.batch_records_max,
      handler,
      previous: finishing.get(key),
      onGap: options.onGap,
      onHandled(position) {
        if (options.commit === 'handled' && lanes.get(key)?.lane === lane) commitNow(position);
      },
      onFailed: fail,
    });
    lanes.set(key, { ...partition, lane });
  }

  function release(partition: TopicPartition): void {
    const key = partitionKey(partition);
    owned.delete(key);
    const entry = lanes.get(key);
    if (entry === undefined) return;
    lanes.delete(key);
    entry.lane.close();
    finishing.set(key, entry.lane.finished);
  }

  function commitNow(position: TopicPartition & { readonly offset: bigint }): void {
    group.commit(position);
    options.onCommit(position);
  }

  function fail(error: unknown): void {
    reject(error);
    void stop();
  }

  function stop(): Promise<void> {
    stopping ??= finish();
    return stopping;
  }

  async function finish(): Promise<void> {
    for (const { lane } of lanes.values()) lane.close();
    await Promise.all([...[...lanes.values()].map(({ lane }) => lane.finished), ...finishing.values()]);
    group.leave(member);
    lanes.clear();
    owned.clear();
  }

  return {
    failed,
    async start(batchHandler) {
      for (const topic of options.topics) options.log({ topic, partition: 0 });
      handler = batchHandler;
      group.join(member);
      try {
        await opening;
      } catch (error) {
        await stop();
        throw error;
      }
      started = true;
    },
    async commit(position) {
      if (lanes.has(partitionKey(position))) commitNow(position);
    },
    async lag() {
      await opening;
      let records = 0n;
      for (const { lane, ...partition } of lanes.values()) {
        records += options.log(partition).high - lane.position;
      }
      return records;
    },
    stop,
  };
}
