import { partitionKey, without } from '../partition.ts';
import type { BatchHandler, TopicPartition } from '../port.ts';
import type { Position } from './committer.ts';
import { createLane, type Lane } from './lane.ts';

export interface LanesOptions {
  readonly batch_records_max: number;
  readonly handler: BatchHandler;
  /** Everything before the offset is handled; not called for partitions that were taken away. */
  onHandled(position: Position): void;
  onRevoked(partitions: readonly TopicPartition[]): void;
  onFailed(error: unknown): void;
}

/** The partitions assigned to this member, each with a lane as soon as it is known where to start. */
export interface Lanes {
  readonly owned: readonly TopicPartition[];
  readonly opened: readonly Lane[];
  owns(partition: TopicPartition): boolean;
  get(partition: TopicPartition): Lane | undefined;
  /** Takes over an assignment: what is not in it, or everything when `afresh`, is released and reported. */
  assign(partitions: readonly TopicPartition[], afresh: boolean): void;
  open(starts: readonly Position[]): void;
  /** Drops what waits; lanes stay ours, so that what their running handlers finish is still committed. */
  close(): void;
  /** Resolves when no handler runs any more, not even one for a partition that was taken away. */
  idle(): Promise<void>;
}

export function createLanes(options: LanesOptions): Lanes {
  const owned = new Map<string, TopicPartition>();
  const lanes = new Map<string, Lane>();
  /** Handlers that still run for partitions that were taken away. */
  const leaving = new Map<string, Promise<void>>();

  function release(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const key = partitionKey(partition);
      owned.delete(key);
      const lane = lanes.get(key);
      if (lane === undefined) continue;
      lanes.delete(key);
      lane.close();
      leaving.set(key, lane.idle());
    }
    if (partitions.length > 0) options.onRevoked(partitions);
  }

  function openOne({ offset, ...partition }: Position): void {
    const key = partitionKey(partition);
    const lane = createLane({
      ...partition,
      start: offset,
      batch_records_max: options.batch_records_max,
      handler: options.handler,
      previous: leaving.get(key),
      onHandled(next) {
        if (lanes.get(key) === lane) options.onHandled({ ...partition, offset: next });
      },
      onFailed: (error) => options.onFailed(error),
    });
    lanes.set(key, lane);
  }

  return {
    get owned() {
      return [...owned.values()];
    },
    get opened() {
      return [...lanes.values()];
    },
    owns: (partition) => owned.has(partitionKey(partition)),
    get: (partition) => lanes.get(partitionKey(partition)),
    assign(partitions, afresh) {
      release(afresh ? [...owned.values()] : without([...owned.values()], partitions));
      for (const partition of partitions) owned.set(partitionKey(partition), partition);
    },
    open(starts) {
      for (const start of starts) openOne(start);
    },
    close() {
      for (const lane of lanes.values()) lane.close();
    },
    async idle() {
      await Promise.all([...[...lanes.values()].map((lane) => lane.idle()), ...leaving.values()]);
    },
  };
}
