import { setImmediate } from 'node:timers/promises';
import type { BatchHandler, StreamGap, TopicPartition } from '../port.ts';
import type { PartitionLog } from './log.ts';

export interface LaneOptions {
  readonly log: PartitionLog;
  readonly start: bigint;
  readonly batch_records_max: number;
  readonly handler: BatchHandler;
  /** The lane that read this partition before; its running handler comes first. */
  readonly previous: Promise<void> | undefined;
  onGap(gap: StreamGap): void;
  /** `offset` is the next one to read. */
  onHandled(position: TopicPartition & { readonly offset: bigint }): void;
  onFailed(error: unknown): void;
}

/** The reading of one partition by one reader: batch after batch, until closed. */
export interface Lane {
  /** The next offset to read: everything before it is handled. */
  readonly position: bigint;
  /** No batch is started any more. */
  close(): void;
  /** Resolves when the running handler is done and no other will start. */
  readonly finished: Promise<void>;
}

export function openLane(options: LaneOptions): Lane {
  const { log, handler, batch_records_max } = options;
  const { topic, partition } = log;
  let position = options.start;
  let open = true;
  let wake = (): void => undefined;
  const stopListening = log.onAppend(() => wake());

  async function run(): Promise<void> {
    await options.previous;
    while (open) {
      // One turn of the event loop between batches: small sends become one batch, and nobody starves.
      await setImmediate();
      if (!open) return;
      skipGap();
      const records = log.read(position, batch_records_max);
      if (records.length > 0) await handle(records.length, { topic, partition, records });
      else await arrival();
    }
  }

  async function handle(count: number, batch: Parameters<BatchHandler>[0]): Promise<void> {
    await handler(batch);
    position += BigInt(count);
    options.onHandled({ topic, partition, offset: position });
  }

  function skipGap(): void {
    if (position >= log.low) return;
    options.onGap({ topic, partition, from: position, to: log.low });
    position = log.low;
  }

  function arrival(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      if (!open || position < log.high) resolve();
    });
  }

  function close(): void {
    open = false;
    stopListening();
    wake();
  }

  const finished = run().catch((error: unknown) => {
    close();
    options.onFailed(error);
  });
  return {
    get position() {
      return position;
    },
    close,
    finished,
  };
}
