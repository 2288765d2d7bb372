import type { TopicPartition } from './port.ts';

/** One string a partition, for maps. Topic names cannot contain a slash. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Those of `partitions` that are not among `removed`. */
export function without<T extends TopicPartition>(
  partitions: readonly T[],
  removed: readonly TopicPartition[],
): readonly T[] {
  const keys = new Set(removed.map(partitionKey));
  return partitions.filter((partition) => !keys.has(partitionKey(partition)));
}
