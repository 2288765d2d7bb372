import { expect, test } from 'vitest';
import { partitionKey } from '../partition.ts';
import type { ReaderOptions, TopicPartition } from '../port.ts';
import { findStarts } from './starts.ts';

const at = (partition: number): TopicPartition => ({ topic: 't', partition });

function find(
  gained: readonly TopicPartition[],
  log: readonly (readonly [low: bigint, high: bigint])[],
  committed: Readonly<Record<number, bigint>>,
  positions?: ReaderOptions['positions'],
) {
  return findStarts(
    {
      offsets: async () => log.map(([low, high], partition) => ({ partition, low, high })),
      committed: async () =>
        new Map(
          Object.entries(committed).map(([partition, offset]) => [
            partitionKey(at(Number(partition))),
            offset,
          ]),
        ),
    },
    {
      group: 'g',
      topics: ['t'],
      batch_records_max: 1,
      commit: 'handled',
      onGap: () => undefined,
      ...(positions === undefined ? {} : { positions }),
    },
    gained,
  );
}

test('a partition starts at its committed offset, else at the oldest record', async () => {
  const found = await find(
    [at(0), at(1)],
    [
      [2n, 9n],
      [2n, 9n],
    ],
    { 0: 5n },
  );
  expect(found).toEqual({
    starts: [
      { ...at(0), offset: 5n },
      { ...at(1), offset: 2n },
    ],
    gaps: [],
  });
});

test('what the caller asks for comes first', async () => {
  const found = await find([at(0)], [[0n, 9n]], { 0: 5n }, async () => [{ ...at(0), offset: 3n }]);
  expect(found.starts).toEqual([{ ...at(0), offset: 3n }]);
});

test('what was removed before it was read is a gap', async () => {
  const found = await find([at(0)], [[7n, 9n]], { 0: 5n });
  expect(found).toEqual({ starts: [{ ...at(0), offset: 7n }], gaps: [{ ...at(0), from: 5n, to: 7n }] });
});

test('an offset behind the end of the log is nobody’s to guess about', async () => {
  await expect(find([at(0)], [[0n, 4n]], { 0: 5n })).rejects.toThrow('but its log ends at 4');
});
