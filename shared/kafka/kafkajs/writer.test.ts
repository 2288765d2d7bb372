import type { Message } from 'kafkajs';
import { expect, test } from 'vitest';
import { unknownTopic } from '../errors.ts';
import { partitionOfKey } from '../murmur2.ts';
import { assembleWriter } from './writer.ts';

function setUp(partition_count = 4) {
  const written: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly Message[];
  }[] = [];
  let questions = 0;
  const writer = assembleWriter({
    send_deadline_ms: 1_000,
    produce: async (topic, partition, messages) => {
      written.push({ topic, partition, messages });
    },
    partitionCount: async (topic) => {
      questions++;
      if (topic === 'unknown') throw unknownTopic(topic);
      return partition_count;
    },
    close: () => Promise.resolve(),
  });
  return { writer, written, questions: () => questions };
}

test('every message names its partition, which is that of the Java client for its key', async () => {
  const { writer, written } = setUp();
  const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`);
  await writer.send(keys.map((key) => ({ topic: 't', key, value: Buffer.from('v') })));
  for (const { partition, messages } of written) {
    for (const message of messages) {
      expect(message.partition).toBe(partition);
      expect(partitionOfKey(Buffer.from(String(message.key)), 4)).toBe(partition);
    }
  }
  expect(written.flatMap(({ messages }) => messages)).toHaveLength(50);
});

test('a partition that the caller names is taken as it is', async () => {
  const { writer, written } = setUp();
  await writer.send([
    { topic: 't', key: 'k', partition: 3, value: undefined, timestamp_ms: 5, headers: { a: 'b' } },
  ]);
  expect(written).toEqual([
    {
      topic: 't',
      partition: 3,
      messages: [{ partition: 3, key: 'k', value: null, timestamp: '5', headers: { a: 'b' } }],
    },
  ]);
});

test('the number of partitions is asked once, and again after it could not be had', async () => {
  const { writer, questions } = setUp();
  await writer.send([{ topic: 't', value: undefined }]);
  await writer.send([{ topic: 't', value: undefined }]);
  expect(questions()).toBe(1);
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(writer.send([{ topic: 'unknown', value: undefined }])).rejects.toThrow(
      'There is no topic unknown',
    );
  }
  expect(questions()).toBe(3);
});

test('nothing to send is sent at once', async () => {
  const { writer, written } = setUp();
  await writer.send([]);
  expect(written).toEqual([]);
});
