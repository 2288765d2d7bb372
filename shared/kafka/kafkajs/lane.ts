import type { BatchHandler, StreamRecord, TopicPartition } from '../port.ts';

/** No more is fetched for a lane when so much waits in it, beside the batch in flight: work for the time of a fetch. */
const waiting_batches_max = 2;
export const waiting_bytes_max = 4 * 1024 * 1024;

export interface LaneOptions extends TopicPartition {
  /** The first offset to read. */
  readonly start: bigint;
  readonly batch_records_max: number;
  readonly handler: BatchHandler;
  /** A handler of this partition that still runs from an earlier assignment; it comes first. */
  readonly previous: Promise<void> | undefined;
  /** Everything before `next` is handled. */
  onHandled(next: bigint): void;
  onFailed(error: unknown): void;
}

/**
 * One assigned partition: records wait here for their handler, which gets one batch at a time, so that what is handled
 * is always a contiguous prefix.
 */
export interface Lane extends TopicPartition {
  /** The next offset that the lane wants to be fed. */
  readonly end: bigint;
  /** Everything before it is handled. */
  readonly handled: bigint;
  /** Enough is waiting: stop feeding until `room`. */
  readonly full: boolean;
  /** Takes records from `end` on; `next` is the offset behind them, which may be further than the last record's. */
  feed(records: readonly StreamRecord[], next: bigint): void;
  /** Goes on at a later offset, behind records that no longer exist. */
  skipTo(offset: bigint): void;
  /** Resolves when the lane is no longer full, or closed. */
  room(): Promise<void>;
  /** Drops what waits; the running handler goes on. */
  close(): void;
  /** Resolves when no handler runs, and none will once the lane is closed. */
  idle(): Promise<void>;
}

export function createLane(options: LaneOptions): Lane {
  const { topic, partition, batch_records_max } = options;
  let end = options.start;
  let handled = options.start;
  let waiting: StreamRecord[] = [];
  let waiting_bytes = 0;
  let closed = false;
  let running: Promise<void> | undefined;
  let roomWaiters: (() => void)[] = [];

  const full = (): boolean =>
    waiting.length >= waiting_batches_max * batch_records_max || waiting_bytes >= waiting_bytes_max;

  async function run(): Promise<void> {
    await options.previous;
    while (!closed && waiting.length > 0) {
      const records = take();
      const next = waiting[0]?.offset ?? end;
      await options.handler({ topic, partition, records });
      handled = next;
      options.onHandled(handled);
    }
  }

  function take(): readonly StreamRecord[] {
    const records = waiting.splice(0, batch_records_max);
    for (const record of records) waiting_bytes -= bytesOf(record);
    if (!full()) wakeFeeder();
    return records;
  }

  function wakeFeeder(): void {
    for (const resolve of roomWaiters) resolve();
    roomWaiters = [];
  }

  function startRunning(): void {
    running ??= run()
      .catch((error: unknown) => {
        close();
        options.onFailed(error);
      })
      .finally(() => {
        running = undefined;
        if (!closed && waiting.length > 0) startRunning();
      });
  }

  function close(): void {
    closed = true;
    waiting = [];
    wakeFeeder();
  }

  return {
    topic,
    partition,
    get end() {
      return end;
    },
    get handled() {
      return handled;
    },
    get full() {
      return !closed && full();
    },
    feed(records, next) {
      if (closed) return;
      for (const record of records) {
        waiting.push(record);
        waiting_bytes += bytesOf(record);
      }
      end = next;
      startRunning();
    },
    skipTo(offset) {
      end = offset;
      if (running === undefined) handled = offset;
    },
    room: () => (closed || !full() ? Promise.resolve() : new Promise((resolve) => roomWaiters.push(resolve))),
    close,
    idle: () => running ?? Promise.resolve(),
  };
}

function bytesOf({ key, value }: StreamRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
