import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnStack, startOwnStack } from '../../../test/servers/own-stack.ts';
import { createKafkaStream } from './stream.ts';

describe('a broker that goes away', () => {
  let own: OwnStack;
  let names = 0;
  beforeAll(async () => {
    own = await startOwnStack('kafka-outage', ['kafka']);
  });
  afterAll(() => own.stop());

  /** Writes numbered records and reads them while `disturb` happens; every acknowledged one must arrive. */
  async function drill(disturb: () => Promise<void>): Promise<void> {
    const stream = createKafkaStream({
      brokers: own.stack.kafka.brokers.split(','),
      client_id: 'outage',
      session_timeout_ms: 6_000,
    });
    const topic = `outage-${names++}`;
    await stream.createTopics([{ name: topic, partitions: 3, config: {} }]);
    const seen = new Set<string>();
    const acknowledged: string[] = [];
    const reader = stream.reader({
      group: topic,
      topics: [topic],
      batch_records_max: 50,
      commit: 'handled',
      onGap: () => undefined,
    });
    await reader.start(async (batch) => {
      await sleep(5);
      for (const record of batch.records) seen.add(record.value?.toString() ?? '');
    });

    const writer = stream.writer();
    let writing = true;
    const work = (async () => {
      for (let number = 0; writing; number++) {
        const values = Array.from({ length: 20 }, (_, index) => `${number}-${index}`);
        await writer.send(values.map((value) => ({ topic, key: value, value: Buffer.from(value) })));
        acknowledged.push(...values);
        await sleep(10);
      }
    })();
    await sleep(1_000);
    const before = acknowledged.length;
    await disturb();
    await expect
      .poll(() => acknowledged.length, { timeout: 60_000, interval: 100 })
      .toBeGreaterThan(before + 200);
    writing = false;
    await work;
    await expect
      .poll(() => acknowledged.filter((value) => !seen.has(value)).length, { timeout: 60_000, interval: 100 })
      .toBe(0);
    await Promise.all([reader.stop(), writer.close()]);
    await stream.close();
  }

  test('killed and started again: nothing that was acknowledged is missing', () =>
    drill(async () => {
      await own.stack.kafka.kill();
      await sleep(3_000);
      await own.stack.kafka.restart();
    }));

  test('silent for longer than the session: nothing that was acknowledged is missing', () =>
    drill(async () => {
      own.stack.kafka.pause();
      await sleep(10_000);
      own.stack.kafka.resume();
    }));
});
