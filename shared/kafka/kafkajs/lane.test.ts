import { describe, expect, test, vi } from 'vitest';
import type { BatchHandler, StreamRecord } from '../port.ts';
import { createLane, type LaneOptions, waiting_bytes_max } from './lane.ts';

function records(from: number, to: number, bytes = 1): readonly StreamRecord[] {
  return Array.from({ length: to - from }, (_, index) => ({
    topic: 't',
    partition: 0,
    offset: BigInt(from + index),
    timestamp_ms: 0,
    key: undefined,
    value: Buffer.alloc(bytes),
    headers: {},
  }));
}

function open(handler: BatchHandler, options: Partial<LaneOptions> = {}) {
  const handled: bigint[] = [];
  const failures: unknown[] = [];
  const lane = createLane({
    topic: 't',
    partition: 0,
    start: 0n,
    batch_records_max: 4,
    previous: undefined,
    handler,
    onHandled: (next) => handled.push(next),
    onFailed: (error) => failures.push(error),
    ...options,
  });
  return { lane, handled, failures };
}

describe('a lane', () => {
  test('hands over one batch at a time, in order, and reports each contiguous prefix', async () => {
    const batches: (readonly bigint[])[] = [];
    let running = 0;
    const { lane, handled } = open(async (batch) => {
      expect(++running).toBe(1);
      await Promise.resolve();
      batches.push(batch.records.map(({ offset }) => offset));
      running--;
    });
    lane.feed(records(0, 3), 3n);
    await lane.idle();
    lane.feed(records(3, 5), 5n);
    lane.feed(records(5, 10), 10n);
    await lane.idle();
    expect(batches).toEqual([
      [0n, 1n, 2n],
      [3n, 4n, 5n, 6n],
      [7n, 8n, 9n],
    ]);
    expect(handled).toEqual([3n, 7n, 10n]);
  });

  test('counts what compaction left out as handled together with what came before it', async () => {
    const { lane, handled } = open(() => Promise.resolve());
    lane.feed([...records(0, 4), ...records(9, 10)], 15n);
    await lane.idle();
    expect(handled).toEqual([9n, 15n]);
    expect(lane.end).toBe(15n);
  });

  test('does not count what was still waiting when it was closed', async () => {
    const release = Promise.withResolvers<void>();
    const { lane, handled } = open(() => release.promise);
    lane.feed(records(0, 10), 10n);
    await Promise.resolve();
    lane.close();
    release.resolve();
    await lane.idle();
    expect(handled).toEqual([4n]);
    expect(lane.handled).toBe(4n);
  });

  test('takes nothing after a failure', async () => {
    const broken = new Error('broken');
    const handler = vi.fn(() => Promise.reject(broken));
    const { lane, handled, failures } = open(handler);
    lane.feed(records(0, 10), 10n);
    await lane.idle();
    lane.feed(records(10, 12), 12n);
    await lane.idle();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(handled).toEqual([]);
    expect(failures).toEqual([broken]);
  });

  test('waits for the handler of an earlier assignment', async () => {
    const previous = Promise.withResolvers<void>();
    const { lane, handled } = open(() => Promise.resolve(), { previous: previous.promise });
    lane.feed(records(0, 2), 2n);
    await new Promise(setImmediate);
    expect(handled).toEqual([]);
    previous.resolve();
    await lane.idle();
    expect(handled).toEqual([2n]);
  });

  test('is full by count or by bytes, and says when there is room again', async () => {
    const release = Promise.withResolvers<void>();
    const { lane } = open(() => release.promise);
    lane.feed(records(0, 4), 4n);
    await Promise.resolve();
    expect(lane.full).toBe(false);
    lane.feed(records(4, 5, waiting_bytes_max), 5n);
    expect(lane.full).toBe(true);
    let room = false;
    void lane.room().then(() => {
      room = true;
    });
    await new Promise(setImmediate);
    expect(room).toBe(false);
    release.resolve();
    await lane.idle();
    expect(room).toBe(true);
    expect(lane.full).toBe(false);
  });
});
