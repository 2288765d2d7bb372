import { describe, expect, test } from 'vitest';
import { streamContract } from '../contract/stream-contract.ts';
import type { StreamGap } from '../port.ts';
import { createPartitionLog } from './log.ts';
import { createMemoryStream, type MemoryStream } from './stream.ts';

const streams = new Set<MemoryStream>();

streamContract({
  name: 'memory',
  async open() {
    const stream = createMemoryStream();
    streams.add(stream);
    return stream;
  },
  async truncate(_, partition, offset) {
    for (const stream of streams) stream.truncate(partition, offset);
  },
});

describe('memory alone', () => {
  const topic = 'topic';
  const records = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ topic, value: Buffer.from(String(index)) }));

  async function streamWithTopic(options: Parameters<typeof createMemoryStream>[0] = {}) {
    const stream = createMemoryStream(options);
    await stream.createTopics([{ name: topic, partitions: 1, config: {} }]);
    return stream;
  }

  test('records without a time take that of the clock', async () => {
    const stream = await streamWithTopic({ clock: { now_ms: () => 42 } });
    await stream.writer().send(records(1));
    const seen = Promise.withResolvers<number>();
    const reader = stream.reader({
      group: 'g',
      topics: [topic],
      batch_records_max: 1,
      commit: 'handled',
      onGap: () => undefined,
    });
    await reader.start(async (batch) => seen.resolve(batch.records[0]?.timestamp_ms ?? 0));
    expect(await seen.promise).toBe(42);
    await reader.stop();
  });

  test('where records without a key go depends on what was sent to their topic alone', async () => {
    const stream = createMemoryStream();
    await stream.createTopics([
      { name: topic, partitions: 2, config: {} },
      { name: 'other', partitions: 2, config: {} },
    ]);
    const writer = stream.writer();
    for (let sent = 0; sent < 3; sent += 1) {
      await writer.send(records(10));
      await writer.send([{ topic: 'other', value: Buffer.of() }]);
    }
    const held = await stream.offsets(topic);
    expect(held.map(({ high }) => high)).toEqual([10n, 20n]);
  });

  test('retention that passes a running reader is a gap', async () => {
    const stream = await streamWithTopic();
    const gaps: StreamGap[] = [];
    const offsets: bigint[] = [];
    const done = Promise.withResolvers<void>();
    const reader = stream.reader({
      group: 'g',
      topics: [topic],
      batch_records_max: 2,
      commit: 'handled',
      onGap: (gap) => gaps.push(gap),
    });
    await stream.writer().send(records(10));
    await reader.start(async (batch) => {
      offsets.push(...batch.records.map(({ offset }) => offset));
      if (offsets.length === 2) stream.truncate({ topic, partition: 0 }, 6n);
      if (offsets.length === 6) done.resolve();
    });
    await done.promise;
    await reader.stop();
    expect(offsets).toEqual([0n, 1n, 6n, 7n, 8n, 9n]);
    expect(gaps).toEqual([{ topic, partition: 0, from: 2n, to: 6n }]);
  });

  test('with `unread` retention, what every group committed is forgotten', async () => {
    const stream = await streamWithTopic({ retention: 'unread' });
    const slow = Promise.withResolvers<void>();
    const options = {
      topics: [topic],
      batch_records_max: 10,
      commit: 'handled' as const,
      onGap: () => undefined,
    };
    const quick = stream.reader({ ...options, group: 'quick' });
    const late = stream.reader({ ...options, group: 'late' });
    await quick.start(() => Promise.resolve());
    await late.start(() => slow.promise);
    await stream.writer().send(records(30));
    while ((await quick.lag()) > 0n) await new Promise(setImmediate);
    expect(await stream.offsets(topic)).toEqual([{ partition: 0, low: 0n, high: 30n }]);
    slow.resolve();
    while ((await late.lag()) > 0n) await new Promise(setImmediate);
    expect(await stream.offsets(topic)).toEqual([{ partition: 0, low: 30n, high: 30n }]);
    await Promise.all([quick.stop(), late.stop()]);
  });

  test('a log keeps its offsets while memory is given back', () => {
    const log = createPartitionLog(topic, 0);
    for (let at = 0; at < 20_000; at++) {
      log.append({ timestamp_ms: 0, key: undefined, value: undefined, headers: {} });
      if (at % 100 === 99) log.truncate(BigInt(at - 50));
    }
    expect(log.low).toBe(19_949n);
    expect(log.read(19_998n, 10).map(({ offset }) => offset)).toEqual([19_998n, 19_999n]);
  });
});
