import { expect, test } from 'vitest';
import { partitionOfKey } from '../murmur2.ts';
import { type Bench, numbers, until, valueOf } from './bench.ts';

/** What is sent arrives, whole and in order. */
export function recordsContract(bench: Bench): void {
  test('a record arrives as it was sent', async () => {
    const topic = await bench.newTopic();
    const writer = bench.stream.writer();
    await writer.send([
      {
        topic,
        key: 'who',
        value: Buffer.from([0, 255, 1]),
        headers: { origin: 'tëst', empty: '' },
        timestamp_ms: 1_790_000_000_123,
      },
      { topic, key: Buffer.from('who'), value: undefined },
    ]);
    await writer.close();
    const { records } = await bench.read({ topics: [topic] });
    await until(() => records.length === 2);
    expect(records[0]).toEqual({
      topic,
      partition: 0,
      offset: 0n,
      timestamp_ms: 1_790_000_000_123,
      key: Buffer.from('who'),
      value: Buffer.from([0, 255, 1]),
      headers: { origin: 'tëst', empty: '' },
    });
    expect(records[1]).toMatchObject({
      offset: 1n,
      key: Buffer.from('who'),
      value: undefined,
      headers: {},
    });
    expect(records[1]?.timestamp_ms).toBeGreaterThan(1_700_000_000_000);
  });

  test('records with a key go where the Java client would put them, in order', async () => {
    const topic = await bench.newTopic(6);
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const writer = bench.stream.writer();
    for (const round of ['a', 'b', 'c']) {
      await writer.send(keys.map((key) => ({ topic, key, value: Buffer.from(round) })));
    }
    await writer.close();
    const { records } = await bench.read({ topics: [topic] });
    await until(() => records.length === 60);
    for (const key of keys) {
      const own = records.filter((record) => record.key?.toString() === key);
      expect(own.map(valueOf)).toEqual(['a', 'b', 'c']);
      expect(new Set(own.map(({ partition }) => partition))).toEqual(
        new Set([partitionOfKey(Buffer.from(key), 6)]),
      );
    }
  });

  test('records without a key reach every partition over time', async () => {
    const topic = await bench.newTopic(3);
    const writer = bench.stream.writer();
    for (let round = 0; round < 9; round++) await writer.send([{ topic, value: Buffer.from('x') }]);
    await writer.close();
    const offsets = await bench.stream.offsets(topic);
    expect(offsets.map(({ high }) => high)).toEqual([3n, 3n, 3n]);
  });

  test('a patient reader reads all, also the last few', async () => {
    const topic = await bench.newTopic();
    const { records } = await bench.read({ topics: [topic], patient: true });
    const writer = bench.stream.writer();
    for (let record = 0; record < 5; record++) await writer.send([{ topic, value: Buffer.from('x') }]);
    await writer.close();
    await until(() => records.length === 5);
  });

  test('concurrent sends keep the order within a partition', async () => {
    const topic = await bench.newTopic();
    const writer = bench.stream.writer();
    const values = numbers(0, 50);
    await Promise.all(values.map((value) => writer.send([{ topic, key: 'k', value: Buffer.from(value) }])));
    await writer.close();
    const { values: read_values, records } = await bench.read({ topics: [topic] });
    await until(() => records.length === 50);
    expect(read_values()).toEqual(values);
  });

  test('a large record passes', async () => {
    const topic = await bench.newTopic();
    await bench.stream.createTopics([
      { name: `${topic}-large`, partitions: 1, config: { 'max.message.bytes': String(8 * 1024 * 1024) } },
    ]);
    const value = Buffer.alloc(4 * 1024 * 1024, 'x');
    const writer = bench.stream.writer();
    await writer.send([
      { topic: `${topic}-large`, value },
      { topic: `${topic}-large`, value: Buffer.from('after') },
    ]);
    await writer.close();
    const { records } = await bench.read({ topics: [`${topic}-large`] });
    await until(() => records.length === 2);
    expect(records[0]?.value?.equals(value)).toBe(true);
  });
}
