import { setTimeout as sleep } from 'node:timers/promises';
import { partitionKey } from '../partition.ts';
import type { StreamGap, TopicPartition } from '../port.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { FetchedBatch, Life } from './life.ts';
import { type Bounds, offsetAhead } from './starts.ts';

/** A fetch waits so long for a full lane before the lane is paused; the lanes of fast handlers are never paused. */
const pause_after_ms = 50;

export interface IntakeOptions {
  /** The first and the next offset of a partition's log. */
  readonly bounds: (partition: TopicPartition) => Promise<Bounds>;
  readonly lanes: Lanes;
  /** The life is the present one, and its partitions are positioned. */
  readonly isOpen: (life: Life) => boolean;
  readonly onGap: (gap: StreamGap) => void;
}

/** Brings fetched batches into the lanes: exactly what each lane asked for, and no more than it has room for. */
export type Intake = (life: Life, batch: FetchedBatch) => Promise<void>;

export function createIntake({ bounds, lanes, isOpen, onGap }: IntakeOptions): Intake {
  /** The offset from which a fetch jumped ahead before, by partition. */
  const doubted = new Map<string, bigint>();

  function isCurrent(life: Life, lane: Lane): boolean {
    return isOpen(life) && lanes.get(lane) === lane;
  }

  /** The fetch began elsewhere than the lane asked: finds out why, and says whether the lane may take the batch. */
  async function bridge(life: Life, lane: Lane, batch: FetchedBatch): Promise<boolean> {
    const key = partitionKey(lane);
    const { low, high } = await bounds(lane);
    if (!isCurrent(life, lane)) return false;
    if (high < lane.end) throw offsetAhead(lane, lane.end, high);
    if (low > lane.end) {
      onGap({ topic: lane.topic, partition: lane.partition, from: lane.end, to: low });
      lane.skipTo(low);
      if (batch.asked === low) return true;
    } else if (batch.asked > lane.end && doubted.get(key) === lane.end) {
      // The second fetch from here jumps too: nothing but transaction markers or compacted records lies between.
      return true;
    }
    doubted.set(key, lane.end);
    life.seek(lane, lane.end);
    return false;
  }

  async function holdBack(life: Life, lane: Lane): Promise<void> {
    const patience = new AbortController();
    const patient = sleep(pause_after_ms, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([lane.room(), patient]);
    patience.abort();
    if (!lane.full || !isCurrent(life, lane)) return;
    life.pause([lane]);
    void lane.room().then(() => {
      if (isCurrent(life, lane)) life.resume(lane);
    });
  }

  return async (life, batch) => {
    const lane = lanes.get(batch);
    if (lane === undefined || !isCurrent(life, lane) || batch.isStale()) return;
    if (batch.asked !== lane.end && !(await bridge(life, lane, batch))) return;
    if (!isCurrent(life, lane)) return;
    lane.feed(batch.records(), batch.next);
    batch.accept();
    if (lane.full) await holdBack(life, lane);
  };
}
