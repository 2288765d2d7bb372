import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { streamContract } from '../contract/stream-contract.ts';
import type { BatchHandler, ReaderOptions, Stream, StreamGap } from '../port.ts';
import type { Compression, KafkaSettings } from './settings.ts';
import { createKafkaStream } from './stream.ts';

const brokers = serverAddresses().kafka_brokers.split(',');

async function truncate(topic: string, partition: number, offset: bigint): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers, logCreator: () => () => undefined }).admin();
  await admin.connect();
  // Without metadata the request below fails.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}

streamContract({
  name: 'kafkajs',
  open: async () => createKafkaStream({ brokers, client_id: 'contract' }),
  truncate: (_, { topic, partition }, offset) => truncate(topic, partition, offset),
});

describe('kafkajs alone', () => {
  let names = 0;

  function open(settings: Partial<KafkaSettings> = {}): Stream {
    const stream = createKafkaStream({ brokers, client_id: 'test', ...settings });
    onTestFinished(() => stream.close());
    return stream;
  }

  async function newTopic(stream: Stream): Promise<string> {
    const name = `kafkajs-${Date.now().toString(36)}-${names++}`;
    await stream.createTopics([{ name, partitions: 1, config: {} }]);
    return name;
  }

  async function send(stream: Stream, topic: string, count: number): Promise<void> {
    const writer = stream.writer();
    const records = Array.from({ length: count }, (_, index) => ({
      topic,
      value: Buffer.from(`value ${index}`),
    }));
    await writer.send(records);
    await writer.close();
  }

  async function read(
    stream: Stream,
    options: Partial<ReaderOptions> & { readonly topics: readonly string[] },
    handler: BatchHandler,
  ) {
    const offsets: bigint[] = [];
    const gaps: StreamGap[] = [];
    const reader = stream.reader({
      group: `group-${names++}-${Date.now()}`,
      batch_records_max: 100,
      commit: 'handled',
      onGap: (gap) => gaps.push(gap),
      ...options,
    });
    onTestFinished(() => reader.stop());
    await reader.start(async (batch) => {
      await handler(batch);
      offsets.push(...batch.records.map(({ offset }) => offset));
    });
    return { reader, offsets, gaps };
  }

  const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  test.each(compressions)('what is written with compression %s is read', async (compression) => {
    const stream = open({ compression });
    const topic = await newTopic(stream);
    await send(stream, topic, 500);
    const { offsets } = await read(stream, { topics: [topic] }, () => Promise.resolve());
    await expect.poll(() => offsets.length, { timeout: 10_000 }).toBe(500);
  });

  test('a handler may take longer than the session without leaving the group', async () => {
    const stream = open({ session_timeout_ms: 6_000 });
    const topic = await newTopic(stream);
    await send(stream, topic, 3);
    let revocations = 0;
    const onRevoked = (): void => {
      revocations++;
    };
    const options = { topics: [topic], batch_records_max: 3, onRevoked };
    const { offsets } = await read(stream, options, () => sleep(9_000));
    await send(stream, topic, 3);
    await expect.poll(() => offsets.length, { timeout: 25_000, interval: 200 }).toBe(6);
    expect(revocations).toBe(0);
  });

  test('retention that passes a running reader is a gap', async () => {
    const stream = open();
    const topic = await newTopic(stream);
    const release = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const options = { topics: [topic], batch_records_max: 2 };
    await send(stream, topic, 2);
    const { offsets, gaps } = await read(stream, options, () => {
      entered.resolve();
      return release.promise;
    });
    await entered.promise;
    await send(stream, topic, 4);
    // By now four records wait beside the two in flight, and the partition is paused.
    await sleep(1_000);
    await send(stream, topic, 20);
    await truncate(topic, 0, 16n);
    release.resolve();
    await expect.poll(() => offsets.length, { timeout: 20_000 }).toBe(16);
    expect(offsets).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 16n, 17n, 18n, 19n, 20n, 21n, 22n, 23n, 24n, 25n]);
    expect(gaps).toEqual([{ topic, partition: 0, from: 6n, to: 16n }]);
  });

  test('a record that is too large is refused, and the next one goes through', async () => {
    const stream = open();
    const topic = await newTopic(stream);
    const writer = stream.writer();
    onTestFinished(() => writer.close());
    const noise = Buffer.from(Array.from({ length: 2_000_000 }, () => Math.floor(Math.random() * 256)));
    await expect(writer.send([{ topic, value: noise }])).rejects.toEqual(
      expect.objectContaining({ code: 'BW_KAFKA_SEND_REFUSED', retriable: false }),
    );
    await writer.send([{ topic, value: Buffer.from('small') }]);
    expect(await stream.offsets(topic)).toEqual([{ partition: 0, low: 0n, high: 1n }]);
  });

  test('an offset behind the end of the log stops the start', async () => {
    const stream = open();
    const topic = await newTopic(stream);
    const positions: ReaderOptions['positions'] = async () => [{ topic, partition: 0, offset: 5n }];
    await expect(read(stream, { topics: [topic], positions }, () => Promise.resolve())).rejects.toEqual(
      expect.objectContaining({ code: 'BW_KAFKA_OFFSET_AHEAD' }),
    );
  });

  test('without a broker, starting says that it may be tried again', async () => {
    const stream = open({ brokers: ['127.0.0.1:1'] });
    await expect(read(stream, { topics: ['any'] }, () => Promise.resolve())).rejects.toEqual(
      expect.objectContaining({ code: 'BW_KAFKA_UNAVAILABLE', retriable: true }),
    );
  });

  test('it says where it is', async () => {
    expect(await open().describe()).toBe(`Kafka at ${brokers.join(',')} (1 broker)`);
  });
});
