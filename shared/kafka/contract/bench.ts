import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type {
  BatchHandler,
  ReaderOptions,
  Stream,
  StreamGap,
  StreamRecord,
  TopicPartition,
} from '../port.ts';

/** How the suite reaches one adapter. */
export interface StreamHarness {
  readonly name: string;
  open(): Promise<Stream>;
  /** Removes the records before `offset`, as retention does. */
  truncate(stream: Stream, partition: TopicPartition, offset: bigint): Promise<void>;
}

const patience_ms = 30_000;

/** What the tests of the suite work with: one stream, and names that no other test has. */
export class Bench {
  readonly #harness: StreamHarness;
  #stream: Stream | undefined;
  #names = 0;

  constructor(harness: StreamHarness) {
    this.#harness = harness;
  }

  async open(): Promise<void> {
    this.#stream = await this.#harness.open();
  }

  get stream(): Stream {
    if (this.#stream === undefined) throw new TypeError('not open');
    return this.#stream;
  }

  truncate(partition: TopicPartition, offset: bigint): Promise<void> {
    return this.#harness.truncate(this.stream, partition, offset);
  }

  async newTopic(partitions = 1): Promise<string> {
    const name = `contract-${Date.now().toString(36)}-${this.#names++}`;
    await this.stream.createTopics([{ name, partitions, config: {} }]);
    return name;
  }

  async send(topic: string, values: readonly string[], partition = 0): Promise<void> {
    const writer = this.stream.writer();
    await writer.send(values.map((value) => ({ topic, partition, value: Buffer.from(value) })));
    await writer.close();
  }

  /** A reader that remembers what it is given; stopped when the test ends. */
  async read(
    options: Partial<ReaderOptions> & { readonly topics: readonly string[] },
    handler: BatchHandler = () => Promise.resolve(),
  ) {
    const records: StreamRecord[] = [];
    const gaps: StreamGap[] = [];
    const reader = this.stream.reader({
      group: `group-${this.#names++}`,
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
}

export function valueOf(record: StreamRecord): string {
  return record.value?.toString() ?? '(tombstone)';
}

export function offsetsOf(records: readonly StreamRecord[], partition: number): readonly bigint[] {
  return records.filter((record) => record.partition === partition).map(({ offset }) => offset);
}

export function count(records: readonly StreamRecord[], value: string): number {
  return records.filter((record) => valueOf(record) === value).length;
}

export function numbers(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

async function outcomeOf(failed: Promise<never>): Promise<unknown> {
  try {
    return await failed;
  } catch (error) {
    return error;
  }
}

export function until(condition: () => boolean): Promise<void> {
  return untilAsync(() => Promise.resolve(condition()));
}

export async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${patience_ms} ms`);
    await sleep(5);
  }
}
