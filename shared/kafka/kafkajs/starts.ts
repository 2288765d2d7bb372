import { BreakwaterError } from '#shared/errors/error.ts';
import { partitionKey } from '../partition.ts';
import type { ReaderOptions, StreamGap, TopicPartition } from '../port.ts';
import type { KafkaAdmin } from './admin.ts';
import type { Position } from './committer.ts';

/** The first and the next offset of a partition's log. */
export interface Bounds {
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * Where to start the partitions that were gained, found out before anything is fetched: kafkajs by itself would jump
 * over what retention removed without a word.
 * @throws BW_KAFKA_OFFSET_AHEAD, BW_KAFKA_UNAVAILABLE, and whatever `options.positions` throws
 */
export async function findStarts(
  admin: Pick<KafkaAdmin, 'committed' | 'offsets'>,
  options: ReaderOptions,
  gained: readonly TopicPartition[],
): Promise<{ readonly starts: readonly Position[]; readonly gaps: readonly StreamGap[] }> {
  if (gained.length === 0) return { starts: [], gaps: [] };
  const asked = (await options.positions?.(gained)) ?? [];
  const known = new Map(asked.map((position) => [partitionKey(position), position.offset]));
  const topics = [...new Set(gained.map(({ topic }) => topic))];
  const committed = await admin.committed(options.group, topics);
  const bounds = await readBounds(admin, topics);

  const gaps: StreamGap[] = [];
  const starts = gained.map(({ topic, partition }) => {
    const key = partitionKey({ topic, partition });
    const { low, high } = bounds.get(key) ?? { low: 0n, high: 0n };
    const wanted = known.get(key) ?? committed.get(key) ?? low;
    if (wanted > high) throw offsetAhead({ topic, partition }, wanted, high);
    if (wanted < low) gaps.push({ topic, partition, from: wanted, to: low });
    return { topic, partition, offset: wanted < low ? low : wanted };
  });
  return { starts, gaps };
}

/** By `partitionKey`. */
export async function readBounds(
  admin: Pick<KafkaAdmin, 'offsets'>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Bounds>> {
  const bounds = new Map<string, Bounds>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.offsets(topic)) {
      bounds.set(partitionKey({ topic, partition }), { low, high });
    }
  }
  return bounds;
}

export async function boundsOf(admin: KafkaAdmin, partition: TopicPartition): Promise<Bounds> {
  const bounds = await readBounds(admin, [partition.topic]);
  return bounds.get(partitionKey(partition)) ?? { low: 0n, high: 0n };
}

export function offsetAhead(
  { topic, partition }: TopicPartition,
  offset: bigint,
  high: bigint,
): BreakwaterError {
  return new BreakwaterError(
    'BW_KAFKA_OFFSET_AHEAD',
    `The next offset to read of ${topic}/${partition} is ${offset}, but its log ends at ${high}`,
    { topic, partition, offset: String(offset), high: String(high) },
  );
}
