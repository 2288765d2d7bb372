import type { StreamRecord, TopicPartition } from '../port.ts';

/** Removed records are given back to the memory manager in blocks of at least this many. */
const compaction_records_min = 4096;

/** One partition: records by offset, of which retention may remove the oldest. */
export interface PartitionLog extends TopicPartition {
  /** Offset of the oldest record that is left. */
  readonly low: bigint;
  /** Offset that the next record gets. */
  readonly high: bigint;
  append(record: Omit<StreamRecord, 'topic' | 'partition' | 'offset'>): void;
  /** At most `records_max` records from `offset`, which is not below `low`. */
  read(offset: bigint, records_max: number): readonly StreamRecord[];
  /** Removes what lies before `offset`. */
  truncate(offset: bigint): void;
  /** Calls `listener` after each append until the returned function is called. */
  onAppend(listener: () => void): () => void;
}

export function createPartitionLog(topic: string, partition: number): PartitionLog {
  const listeners = new Set<() => void>();
  let records: StreamRecord[] = [];
  /** Offset of `records[0]`; `removed` of them are truncated already, but not yet given back. */
  let base = 0;
  let removed = 0;

  return {
    topic,
    partition,
    get low() {
      return BigInt(base + removed);
    },
    get high() {
      return BigInt(base + records.length);
    },
    append({ timestamp_ms, key, value, headers }) {
      const offset = BigInt(base + records.length);
      records.push({ topic, partition, offset, timestamp_ms, key, value, headers });
      for (const listener of listeners) listener();
    },
    read(offset, records_max) {
      const from = Number(offset) - base;
      return records.slice(from, from + records_max);
    },
    truncate(offset) {
      removed = Math.min(Math.max(removed, Number(offset) - base), records.length);
      if (removed < compaction_records_min || removed * 2 < records.length) return;
      records = records.slice(removed);
      base += removed;
      removed = 0;
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
