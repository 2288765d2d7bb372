import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { BatchHandler, TopicPartition } from '../port.ts';
import { type Bench, count, numbers, until, valueOf } from './bench.ts';

/** Members of a group share the work, and nothing is left out when one fails, is slow or goes. */
export function groupsContract(bench: Bench): void {
  test('batches are as large as allowed when the data is there', async () => {
    const topic = await bench.newTopic();
    await bench.send(topic, numbers(0, 1000));
    const sizes: number[] = [];
    const { records } = await bench.read({ topics: [topic], batch_records_max: 250 }, async (batch) => {
      sizes.push(batch.records.length);
    });
    await until(() => records.length === 1000);
    expect(sizes).toEqual([250, 250, 250, 250]);
  });

  test('a group goes on where it stopped', async () => {
    const topic = await bench.newTopic();
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 10));
    const first = await bench.read({ topics: [topic], group });
    await until(() => first.records.length === 10);
    await first.reader.stop();
    await bench.send(topic, numbers(10, 20));
    const second = await bench.read({ topics: [topic], group });
    await until(() => second.records.length >= 10);
    expect(second.values()).toEqual(numbers(10, 20));
  });

  test('a handler that throws stops the reader; its batch comes again, what was before does not', async () => {
    const topic = await bench.newTopic();
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 10));
    const poison = new Error('poison');
    const first = await bench.read({ topics: [topic], group, batch_records_max: 4 }, async ({ records }) => {
      if (records.some((record) => valueOf(record) === '5')) throw poison;
    });
    expect(await first.failure).toBe(poison);
    expect(first.values()).toEqual(numbers(0, 4));
    await first.reader.stop();
    const second = await bench.read({ topics: [topic], group });
    await until(() => second.records.length >= 6);
    expect(second.values()).toEqual(numbers(4, 10));
  });

  test('a slow partition holds back itself alone, one batch at a time', async () => {
    const topic = await bench.newTopic(2);
    const release = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const { records } = await bench.read({ topics: [topic], batch_records_max: 5 }, async ({ partition }) => {
      if (partition !== 0) return;
      most = Math.max(most, ++running);
      await release.promise;
      running--;
    });
    await bench.send(topic, numbers(0, 20), 0);
    await bench.send(topic, numbers(0, 20), 1);
    await until(() => records.filter(({ partition }) => partition === 1).length === 20);
    await bench.send(topic, numbers(20, 30), 1);
    await until(() => records.filter(({ partition }) => partition === 1).length === 30);
    expect(records.filter(({ partition }) => partition === 0)).toEqual([]);
    release.resolve();
    await until(() => records.length === 50);
    expect(most).toBe(1);
  });

  test('stop waits for the running handler, commits it, starts no other, and may be called again', async () => {
    const topic = await bench.newTopic();
    const group = `${topic}-group`;
    await bench.send(topic, numbers(0, 6));
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const first = await bench.read({ topics: [topic], group, batch_records_max: 3 }, async () => {
      entered.resolve();
      await release.promise;
    });
    await entered.promise;
    const stopped = first.reader.stop();
    await sleep(20);
    expect(first.records).toEqual([]);
    release.resolve();
    await Promise.all([stopped, first.reader.stop()]);
    expect(first.values()).toEqual(numbers(0, 3));
    const second = await bench.read({ topics: [topic], group });
    await until(() => second.records.length >= 3);
    expect(second.values()).toEqual(numbers(3, 6));
  });

  test('a second member takes half of the numbers, the same of each topic, and gives them back', async () => {
    const topics = [await bench.newTopic(4), await bench.newTopic(4)];
    const group = `${topics[0]}-group`;
    const revoked: TopicPartition[] = [];
    const first = await bench.read({ topics, group, onRevoked: (partitions) => revoked.push(...partitions) });
    for (const topic of topics) for (let p = 0; p < 4; p++) await bench.send(topic, ['before'], p);
    await until(() => first.records.length === 8);

    const second = await bench.read({ topics, group });
    await until(() => revoked.length === 4);
    for (const topic of topics) for (let p = 0; p < 4; p++) await bench.send(topic, ['during'], p);
    await until(() => count([...first.records, ...second.records], 'during') === 8);
    const lost = revoked.filter(({ topic }) => topic === topics[0]).map(({ partition }) => partition);
    expect(lost).toHaveLength(2);
    for (const record of second.records.filter((entry) => valueOf(entry) === 'during')) {
      expect(lost).toContain(record.partition);
    }
    expect(count(second.records, 'during')).toBe(4);

    await second.reader.stop();
    for (const topic of topics) for (let p = 0; p < 4; p++) await bench.send(topic, ['after'], p);
    await until(() => count(first.records, 'after') === 8);
    expect(count(first.records, 'before')).toBe(8);
  });

  test('many records survive members that come and go', async () => {
    const topic = await bench.newTopic(4);
    const group = `${topic}-group`;
    const sent = numbers(0, 400);
    const seen = new Set<string>();
    const handler: BatchHandler = async ({ records }) => {
      await sleep(2);
      for (const record of records) seen.add(valueOf(record));
    };
    const options = { topics: [topic], group, batch_records_max: 7 };
    await bench.read(options, handler);
    for (let at = 0; at < sent.length; at += 100) {
      const visitor = await bench.read(options, handler);
      for (let p = 0; p < 4; p++) await bench.send(topic, sent.slice(at + p * 25, at + p * 25 + 25), p);
      await visitor.reader.stop();
    }
    await until(() => seen.size === sent.length);
  });
}
