import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { partitionOfKey } from './murmur2.ts';
import type {
  BatchHandler,
  ReaderOptions,
  Stream,
  StreamGap,
  StreamReader,
  StreamRecord,
  TopicPartition,
} from './port.ts';

/** How the suite reaches one adapter. */
export interface StreamHarness {
  readonly name: string;
  open(): Promise<Stream>;
  /** Removes the records before `offset`, as retention does. */
  truncate(stream: Stream, partition: TopicPartition, offset: bigint): Promise<void>;
}

const patience_ms = 30_000;

/** What every adapter of the stream port has to do; run by `memory.test.ts` and `kafkajs.servers.test.ts`. */
export function streamContract(harness: StreamHarness): void {
  describe(`the stream contract on ${harness.name}`, () => {
    let stream: Stream;
    let names = 0;
    beforeAll(async () => {
      stream = await harness.open();
    });
    afterAll(() => stream.close());

    async function newTopic(partitions = 1): Promise<string> {
      const name = `contract-${Date.now().toString(36)}-${names++}`;
      await stream.createTopics([{ name, partitions, config: {} }]);
      return name;
    }

    async function send(topic: string, values: readonly string[], partition = 0): Promise<void> {
      const writer = stream.writer();
      await writer.send(values.map((value) => ({ topic, partition, value: Buffer.from(value) })));
      await writer.close();
    }

    /** A reader that remembers what it is given; stopped when the test ends. */
    async function read(
      options: Partial<ReaderOptions> & { readonly topics: readonly string[] },
      handler: BatchHandler = () => Promise.resolve(),
    ) {
      const records: StreamRecord[] = [];
      const gaps: StreamGap[] = [];
      const reader = stream.reader({
        group: `group-${names++}`,
        batch_records_max: 100,
        commit: 'handled',
        onGap: (gap) => gaps.push(gap),
        ...options,
      });
      const failure = outcomeOf(reader.failed);
      onTestFinished(() => reader.stop());
      await reader.start(async (batch) => {
        await handler(batch);
        records.push(...batch.records);
      });
      return { reader, records, gaps, failure, values: () => records.map(valueOf) };
    }

    test('a record arrives as it was sent', async () => {
      const topic = await newTopic();
      const writer = stream.writer();
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
      const { records } = await read({ topics: [topic] });
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
      const topic = await newTopic(6);
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
      const writer = stream.writer();
      for (const round of ['a', 'b', 'c']) {
        await writer.send(keys.map((key) => ({ topic, key, value: Buffer.from(round) })));
      }
      await writer.close();
      const { records } = await read({ topics: [topic] });
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
      const topic = await newTopic(3);
      const writer = stream.writer();
      for (let round = 0; round < 9; round++) await writer.send([{ topic, value: Buffer.from('x') }]);
      await writer.close();
      const offsets = await stream.offsets(topic);
      expect(offsets.map(({ high }) => high)).toEqual([3n, 3n, 3n]);
    });

    test('concurrent sends keep the order within a partition', async () => {
      const topic = await newTopic();
      const writer = stream.writer();
      const values = numbers(0, 50);
      await Promise.all(values.map((value) => writer.send([{ topic, key: 'k', value: Buffer.from(value) }])));
      await writer.close();
      const { values: read_values, records } = await read({ topics: [topic] });
      await until(() => records.length === 50);
      expect(read_values()).toEqual(values);
    });

    test('a large record passes', async () => {
      const topic = await newTopic();
      await stream.createTopics([
        { name: `${topic}-large`, partitions: 1, config: { 'max.message.bytes': String(8 * 1024 * 1024) } },
      ]);
      const value = Buffer.alloc(4 * 1024 * 1024, 'x');
      const writer = stream.writer();
      await writer.send([
        { topic: `${topic}-large`, value },
        { topic: `${topic}-large`, value: Buffer.from('after') },
      ]);
      await writer.close();
      const { records } = await read({ topics: [`${topic}-large`] });
      await until(() => records.length === 2);
      expect(records[0]?.value?.equals(value)).toBe(true);
    });

    test('batches are as large as allowed when the data is there', async () => {
      const topic = await newTopic();
      await send(topic, numbers(0, 1000));
      const sizes: number[] = [];
      const { records } = await read({ topics: [topic], batch_records_max: 250 }, async (batch) => {
        sizes.push(batch.records.length);
      });
      await until(() => records.length === 1000);
      expect(sizes).toEqual([250, 250, 250, 250]);
    });

    test('a group goes on where it stopped', async () => {
      const topic = await newTopic();
      const group = `${topic}-group`;
      await send(topic, numbers(0, 10));
      const first = await read({ topics: [topic], group });
      await until(() => first.records.length === 10);
      await first.reader.stop();
      await send(topic, numbers(10, 20));
      const second = await read({ topics: [topic], group });
      await until(() => second.records.length >= 10);
      expect(second.values()).toEqual(numbers(10, 20));
    });

    test('a handler that throws stops the reader; its batch comes again, what was before does not', async () => {
      const topic = await newTopic();
      const group = `${topic}-group`;
      await send(topic, numbers(0, 10));
      const poison = new Error('poison');
      const first = await read({ topics: [topic], group, batch_records_max: 4 }, async ({ records }) => {
        if (records.some((record) => valueOf(record) === '5')) throw poison;
      });
      expect(await first.failure).toBe(poison);
      expect(first.values()).toEqual(numbers(0, 4));
      await first.reader.stop();
      const second = await read({ topics: [topic], group });
      await until(() => second.records.length >= 6);
      expect(second.values()).toEqual(numbers(4, 10));
    });

    test('a slow partition holds back itself alone, one batch at a time', async () => {
      const topic = await newTopic(2);
      const release = Promise.withResolvers<void>();
      let running = 0;
      let most = 0;
      const { records } = await read({ topics: [topic], batch_records_max: 5 }, async ({ partition }) => {
        if (partition !== 0) return;
        most = Math.max(most, ++running);
        await release.promise;
        running--;
      });
      await send(topic, numbers(0, 20), 0);
      await send(topic, numbers(0, 20), 1);
      await until(() => records.filter(({ partition }) => partition === 1).length === 20);
      await send(topic, numbers(20, 30), 1);
      await until(() => records.filter(({ partition }) => partition === 1).length === 30);
      expect(records.filter(({ partition }) => partition === 0)).toEqual([]);
      release.resolve();
      await until(() => records.length === 50);
      expect(most).toBe(1);
    });

    test('stop waits for the running handler, commits it, starts no other, and may be called again', async () => {
      const topic = await newTopic();
      const group = `${topic}-group`;
      await send(topic, numbers(0, 6));
      const entered = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const first = await read({ topics: [topic], group, batch_records_max: 3 }, async () => {
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
      const second = await read({ topics: [topic], group });
      await until(() => second.records.length >= 3);
      expect(second.values()).toEqual(numbers(3, 6));
    });

    test('a second member takes half of the numbers, the same of each topic, and gives them back', async () => {
      const topics = [await newTopic(4), await newTopic(4)];
      const group = `${topics[0]}-group`;
      const revoked: TopicPartition[] = [];
      const first = await read({ topics, group, onRevoked: (partitions) => revoked.push(...partitions) });
      for (const topic of topics) for (let p = 0; p < 4; p++) await send(topic, ['before'], p);
      await until(() => first.records.length === 8);

      const second = await read({ topics, group });
      await until(() => revoked.length === 4);
      for (const topic of topics) for (let p = 0; p < 4; p++) await send(topic, ['during'], p);
      await until(() => count([...first.records, ...second.records], 'during') === 8);
      const lost = revoked.filter(({ topic }) => topic === topics[0]).map(({ partition }) => partition);
      expect(lost).toHaveLength(2);
      for (const record of second.records.filter((entry) => valueOf(entry) === 'during')) {
        expect(lost).toContain(record.partition);
      }
      expect(count(second.records, 'during')).toBe(4);

      await second.reader.stop();
      for (const topic of topics) for (let p = 0; p < 4; p++) await send(topic, ['after'], p);
      await until(() => count(first.records, 'after') === 8);
      expect(count(first.records, 'before')).toBe(8);
    });

    test('many records survive members that come and go', async () => {
      const topic = await newTopic(4);
      const group = `${topic}-group`;
      const sent = numbers(0, 400);
      const seen = new Set<string>();
      const handler: BatchHandler = async ({ records }) => {
        await sleep(2);
        for (const record of records) seen.add(valueOf(record));
      };
      const options = { topics: [topic], group, batch_records_max: 7 };
      await read(options, handler);
      for (let at = 0; at < sent.length; at += 100) {
        const visitor = await read(options, handler);
        for (let p = 0; p < 4; p++) await send(topic, sent.slice(at + p * 25, at + p * 25 + 25), p);
        await visitor.reader.stop();
      }
      await until(() => seen.size === sent.length);
    });

    test('what retention removed is reported before reading goes on', async () => {
      const topic = await newTopic();
      const group = `${topic}-group`;
      await send(topic, numbers(0, 5));
      const first = await read({ topics: [topic], group });
      await until(() => first.records.length === 5);
      await first.reader.stop();
      await send(topic, numbers(5, 12));
      await harness.truncate(stream, { topic, partition: 0 }, 8n);
      const second = await read({ topics: [topic], group });
      await until(() => second.records.length === 4);
      expect(second.values()).toEqual(numbers(8, 12));
      expect(second.gaps).toEqual([{ topic, partition: 0, from: 5n, to: 8n }]);
    });

    test('a new group starts at the oldest record that is left, which is no gap', async () => {
      const topic = await newTopic();
      await send(topic, numbers(0, 5));
      await harness.truncate(stream, { topic, partition: 0 }, 3n);
      const { records, values, gaps } = await read({ topics: [topic] });
      await until(() => records.length === 2);
      expect(values()).toEqual(numbers(3, 5));
      expect(gaps).toEqual([]);
    });

    test('the caller may commit by itself and choose where to start', async () => {
      const topic = await newTopic(2);
      const group = `${topic}-group`;
      await send(topic, numbers(0, 10), 0);
      await send(topic, numbers(0, 10), 1);
      const asked: TopicPartition[] = [];
      const options = { topics: [topic], group, commit: 'manual' } as const;
      const first = await read({
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

      const second = await read(options);
      await until(() => second.records.length === 11);
      expect(offsetsOf(second.records, 0)).toEqual([9n]);
      expect(offsetsOf(second.records, 1)).toHaveLength(10);
    });

    test('a commit for a partition that is not ours is ignored', async () => {
      const topic = await newTopic();
      const group = `${topic}-group`;
      await send(topic, numbers(0, 3));
      const first = await read({ topics: [topic], group, commit: 'manual' });
      await until(() => first.records.length === 3);
      await first.reader.commit({ topic, partition: 5, offset: 1n });
      await first.reader.stop();
      await first.reader.commit({ topic, partition: 0, offset: 3n });
      const second = await read({ topics: [topic], group });
      await until(() => second.records.length === 3);
    });

    test('the lag is what is not handled yet', async () => {
      const topic = await newTopic(2);
      await send(topic, numbers(0, 10), 0);
      const release = Promise.withResolvers<void>();
      const { reader, records } = await read(
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
      const reader = stream.reader({
        group: 'any',
        topics: ['no-such-topic'],
        batch_records_max: 1,
        commit: 'handled',
        onGap: () => undefined,
      });
      await expect(reader.start(() => Promise.resolve())).rejects.toEqual(unknown);
      await reader.stop();
      const writer = stream.writer();
      await expect(writer.send([{ topic: 'no-such-topic', value: undefined }])).rejects.toEqual(unknown);
      await writer.close();
    });

    test('creating a topic that exists changes nothing', async () => {
      const topic = await newTopic(3);
      await send(topic, ['kept'], 2);
      await stream.createTopics([{ name: topic, partitions: 5, config: {} }]);
      expect(await stream.offsets(topic)).toEqual([
        { partition: 0, low: 0n, high: 0n },
        { partition: 1, low: 0n, high: 0n },
        { partition: 2, low: 0n, high: 1n },
      ]);
    });

    test('positions that cannot be had stop the start', async () => {
      const topic = await newTopic();
      const broken = new Error('no positions');
      const reader: StreamReader = stream.reader({
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
  });
}

function valueOf(record: StreamRecord): string {
  return record.value?.toString() ?? '(tombstone)';
}

function offsetsOf(records: readonly StreamRecord[], partition: number): readonly bigint[] {
  return records.filter((record) => record.partition === partition).map(({ offset }) => offset);
}

function count(records: readonly StreamRecord[], value: string): number {
  return records.filter((record) => valueOf(record) === value).length;
}

function numbers(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

async function outcomeOf(failed: Promise<never>): Promise<unknown> {
  try {
    return await failed;
  } catch (error) {
    return error;
  }
}

function until(condition: () => boolean): Promise<void> {
  return untilAsync(() => Promise.resolve(condition()));
}

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${patience_ms} ms`);
    await sleep(5);
  }
}
