import { expect, test } from 'vitest';
import type { StreamReader, TopicPartition } from '../port.ts';
import { type Bench, numbers, offsetsOf, until, untilAsync } from './bench.ts';

/** Where a reader starts, what it has handled, and what retention removed. */
export function positionsContract(bench: Bench): void {
  test('what retention removed is reported before reading goes on', async () => {
    const topic = await bench.newTopic();
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 5));
    const first = await bench.read({ topics: [topic], group });
    await until(() => first.records.length === 5);
    await first.reader.stop();
    await bench.send(topic, numbers(5, 12));
    await bench.truncate({ topic, partition: 0 }, 8n);
    const second = await bench.read({ topics: [topic], group });
    await until(() => second.records.length === 4);
    expect(second.values()).toEqual(numbers(8, 12));
    expect(second.gaps).toEqual([{ topic, partition: 0, from: 5n, to: 8n }]);
  });

  test('a new group starts at the oldest record that is left, which is no gap', async () => {
    const topic = await bench.newTopic();
    await bench.send(topic, numbers(0, 5));
    await bench.truncate({ topic, partition: 0 }, 3n);
    const { records, values, gaps } = await bench.read({ topics: [topic] });
    await until(() => records.length === 2);
    expect(values()).toEqual(numbers(3, 5));
    expect(gaps).toEqual([]);
  });

  test('the caller may commit by itself and choose where to start', async () => {
    const topic = await bench.newTopic(2);
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 10), 0);
    await bench.send(topic, numbers(0, 10), 1);
    const asked: TopicPartition[] = [];
    const options = { topics: [topic], group, commit: 'manual' } as const;
    const first = await bench.read({
      ...options,
      positions: async (assigned) => {
        asked.push(...assigned);
        return [{ topic, partition: 0, offset: 7n }];
      },
    });
    await until(() => first.records.length === 13);
    expect(asked.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic, partition: 0 },
      { topic, partition: 1 },
    ]);
    expect(offsetsOf(first.records, 0)).toEqual([7n, 8n, 9n]);
    await first.reader.commit({ topic, partition: 0, offset: 9n });
    await first.reader.stop();

    const second = await bench.read(options);
    await until(() => second.records.length === 11);
    expect(offsetsOf(second.records, 0)).toEqual([9n]);
    expect(offsetsOf(second.records, 1)).toHaveLength(10);
  });

  test('a commit for a partition that is not ours is ignored', async () => {
    const topic = await bench.newTopic();
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 3));
    const first = await bench.read({ topics: [topic], group, commit: 'manual' });
    await until(() => first.records.length === 3);
    await first.reader.commit({ topic, partition: 5, offset: 1n });
    await first.reader.stop();
    await first.reader.commit({ topic, partition: 0, offset: 3n });
    const second = await bench.read({ topics: [topic], group });
    await until(() => second.records.length === 3);
  });

  test('the lag is what is not handled yet', async () => {
    const topic = await bench.newTopic(2);
    await bench.send(topic, numbers(0, 10), 0);
    const release = Promise.withResolvers<void>();
    const { reader, records } = await bench.read(
      { topics: [topic], batch_records_max: 4 },
      () => release.promise,
    );
    expect(await reader.lag()).toBe(10n);
    release.resolve();
    await until(() => records.length === 10);
    await untilAsync(async () => (await reader.lag()) === 0n);
  });

  test('an unknown topic is refused, for reading and for writing', async () => {
    const unknown = expect.objectContaining({ code: 'BW_KAFKA_UNKNOWN_TOPIC' });
    const reader = bench.stream.reader({
      group: 'any',
      topics: ['no-such-topic'],
      batch_records_max: 1,
      commit: 'handled',
      onGap: () => undefined,
    });
    await expect(reader.start(() => Promise.resolve())).rejects.toEqual(unknown);
    await reader.stop();
    const writer = bench.stream.writer();
    await expect(writer.send([{ topic: 'no-such-topic', value: undefined }])).rejects.toEqual(unknown);
    await writer.close();
  });

  test('creating a topic that exists changes nothing', async () => {
    const topic = await bench.newTopic(3);
    await bench.send(topic, ['kept'], 2);
    await bench.stream.createTopics([{ name: topic, partitions: 5, config: {} }]);
    expect(await bench.stream.offsets(topic)).toEqual([
      { partition: 0, low: 0n, high: 0n },
      { partition: 1, low: 0n, high: 0n },
      { partition: 2, low: 0n, high: 1n },
    ]);
  });

  test('positions that cannot be had stop the start', async () => {
    const topic = await bench.newTopic();
    const broken = new Error('no positions');
    const reader: StreamReader = bench.stream.reader({
      group: `${topic}-group`,
      topics: [topic],
      batch_records_max: 1,
      commit: 'manual',
      onGap: () => undefined,
      positions: () => Promise.reject(broken),
    });
    await expect(reader.start(() => Promise.resolve())).rejects.toBe(broken);
    await reader.stop();
  });
}
