import { describe, expect, test } from 'vitest';
import type { StreamGap } from '../port.ts';
import { createIntake } from './intake.ts';
import { createLanes } from './lanes.ts';
import type { FetchedBatch, Life } from './life.ts';
import type { Bounds } from './starts.ts';

const here = { topic: 't', partition: 0 };

/** An intake with one lane that wants offset 10, over a log with the given bounds. */
function setUp({ low, high }: Bounds) {
  const calls: string[] = [];
  const gaps: StreamGap[] = [];
  const read: bigint[] = [];
  const handling = Promise.withResolvers<void>();
  const life: Life = {
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    seek: (_, offset) => calls.push(`seek ${offset}`),
    commit: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const lanes = createLanes({
    batch_records_max: 3,
    handler: async ({ records }) => {
      await handling.promise;
      read.push(...records.map(({ offset }) => offset));
    },
    onHandled: () => undefined,
    onRevoked: () => undefined,
    onFailed: () => undefined,
  });
  lanes.assign([here], true);
  lanes.open([{ ...here, offset: 10n }]);
  const takeIn = createIntake({
    bounds: () => Promise.resolve({ low, high }),
    lanes,
    isOpen: () => true,
    onGap: (gap) => gaps.push(gap),
  });
  const fetch = (asked: bigint, offsets: readonly bigint[], stale = false): Promise<void> => {
    const batch: FetchedBatch = {
      ...here,
      asked,
      next: (offsets.at(-1) ?? asked) + 1n,
      records: () =>
        offsets.map((offset) => ({
          ...here,
          offset,
          timestamp_ms: 0,
          key: undefined,
          value: undefined,
          headers: {},
        })),
      isStale: () => stale,
      accept: () => calls.push('accept'),
    };
    return takeIn(life, batch);
  };
  const finish = async (): Promise<readonly bigint[]> => {
    handling.resolve();
    await lanes.idle();
    await new Promise(setImmediate);
    return read;
  };
  return { fetch, finish, calls, gaps, lanes };
}

describe('the intake', () => {
  test('takes what the lane asked for', async () => {
    const { fetch, finish, calls } = setUp({ low: 0n, high: 20n });
    await fetch(10n, [10n, 11n]);
    expect(await finish()).toEqual([10n, 11n]);
    expect(calls).toEqual(['accept']);
  });

  test('leaves what is stale, or not ours', async () => {
    const { fetch, finish, calls, lanes } = setUp({ low: 0n, high: 20n });
    await fetch(10n, [10n], true);
    lanes.assign([], true);
    await fetch(10n, [10n]);
    expect(await finish()).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('reports what retention removed, and goes on behind it', async () => {
    const { fetch, finish, calls, gaps } = setUp({ low: 15n, high: 20n });
    await fetch(15n, [15n, 16n]);
    expect(await finish()).toEqual([15n, 16n]);
    expect(gaps).toEqual([{ ...here, from: 10n, to: 15n }]);
    expect(calls).toEqual(['accept']);
  });

  test('does not believe a fetch that jumped without reason, but asks again', async () => {
    const { fetch, finish, calls } = setUp({ low: 0n, high: 20n });
    await fetch(14n, [14n]);
    await fetch(10n, [10n, 11n]);
    expect(await finish()).toEqual([10n, 11n]);
    expect(calls).toEqual(['seek 10', 'accept']);
  });

  test('believes it the second time: nothing is stored in between', async () => {
    const { fetch, finish, calls, gaps } = setUp({ low: 0n, high: 20n });
    await fetch(14n, [14n]);
    await fetch(14n, [14n]);
    expect(await finish()).toEqual([14n]);
    expect(calls).toEqual(['seek 10', 'accept']);
    expect(gaps).toEqual([]);
  });

  test('never reads again what it has already', async () => {
    const { fetch, finish, calls } = setUp({ low: 0n, high: 20n });
    await fetch(4n, [4n, 5n]);
    await fetch(4n, [4n, 5n]);
    expect(await finish()).toEqual([]);
    expect(calls).toEqual(['seek 10', 'seek 10']);
  });

  test('does not guess when the log ends before the position', async () => {
    const { fetch } = setUp({ low: 0n, high: 3n });
    await expect(fetch(0n, [0n])).rejects.toEqual(expect.objectContaining({ code: 'BW_KAFKA_OFFSET_AHEAD' }));
  });

  test('pauses the partition of a slow handler, and resumes it when there is room', async () => {
    const { fetch, finish, calls } = setUp({ low: 0n, high: 40n });
    await fetch(10n, [10n, 11n, 12n]);
    await fetch(13n, [13n, 14n, 15n, 16n, 17n, 18n]);
    expect(calls).toEqual(['accept', 'accept', 'pause']);
    await finish();
    expect(calls).toEqual(['accept', 'accept', 'pause', 'resume']);
  });
});
