import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { BreakwaterError, isRetriable, messageOf } from '#shared/errors/error.ts';
import { isTransient, protocolType, rootCause } from './errors.ts';

/** Below the 1 MiB that a topic allows for a batch by default, with room for what the protocol adds. */
export const batch_bytes_max = 900 * 1024;
/** What the protocol adds to a record: lengths, offset and time deltas. */
const record_overhead_bytes = 32;
const retry_delay_ms_first = 50;
const retry_delay_ms_max = 2_000;

/** What one call wants written to the partition; settled once. */
interface Order {
  readonly settle: PromiseWithResolvers<void>;
  parts: number;
  settled: boolean;
}

/** A run of an order's messages that fits into a batch, or a single larger message. */
interface Part {
  readonly order: Order;
  readonly messages: readonly Message[];
  readonly bytes: number;
}

export interface OutboxOptions {
  readonly send_deadline_ms: number;
  /** One attempt; throws what kafkajs throws. */
  readonly produce: (messages: Message[]) => Promise<void>;
}

/**
 * The messages on their way to one partition: one request at a time, so that their order holds through retries, with
 * all that gathered meanwhile in the next request.
 */
export interface Outbox {
  /** @throws BW_KAFKA_SEND_FAILED after the deadline, BW_KAFKA_SEND_REFUSED */
  send(messages: readonly Message[]): Promise<void>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
}

export function createOutbox({ produce, send_deadline_ms }: OutboxOptions): Outbox {
  let waiting: Part[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let batch = take(); batch.length > 0; batch = take()) await deliver(batch);
    running = undefined;
  }

  function take(): readonly Part[] {
    waiting = waiting.filter(({ order }) => !order.settled);
    let bytes = 0;
    let count = 0;
    for (const part of waiting) {
      bytes += part.bytes;
      if (count > 0 && bytes > batch_bytes_max) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  async function deliver(batch: readonly Part[]): Promise<void> {
    let left = batch;
    for (let attempt = 0; left.length > 0; attempt++) {
      try {
        await produce(left.flatMap(({ messages }) => messages));
        for (const { order } of left) if (--order.parts === 0) settle(order);
        return;
      } catch (error) {
        if (!isTransient(error) && !isRetriable(error)) {
          for (const { order } of left) settle(order, refused(error));
          return;
        }
        await sleep(Math.min(retry_delay_ms_max, retry_delay_ms_first * 2 ** attempt));
        left = left.filter(({ order }) => !order.settled);
      }
    }
  }

  async function send(messages: readonly Message[]): Promise<void> {
    const order: Order = { settle: Promise.withResolvers(), parts: 0, settled: false };
    for (const part of partsOf(order, messages)) {
      waiting.push(part);
      order.parts++;
    }
    const deadline = setTimeout(() => settle(order, late(send_deadline_ms)), send_deadline_ms);
    // Not at once: what is sent in the same turn goes together.
    running ??= Promise.resolve().then(run);
    try {
      await order.settle.promise;
    } finally {
      clearTimeout(deadline);
    }
  }

  return { send, idle: () => running ?? Promise.resolve() };
}

function settle(order: Order, error?: BreakwaterError): void {
  order.settled = true;
  if (error === undefined) order.settle.resolve();
  else order.settle.reject(error);
}

function partsOf(order: Order, messages: readonly Message[]): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  let bytes = 0;
  messages.forEach((message, index) => {
    const more = bytesOf(message);
    if (bytes + more > batch_bytes_max && index > from) {
      parts.push({ order, messages: messages.slice(from, index), bytes });
      from = index;
      bytes = 0;
    }
    bytes += more;
  });
  parts.push({ order, messages: messages.slice(from), bytes });
  return parts;
}

function bytesOf({ key, value, headers }: Message): number {
  let bytes = record_overhead_bytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}

function refused(error: unknown): BreakwaterError {
  const root = rootCause(error);
  const reason = messageOf(root);
  return new BreakwaterError('BW_KAFKA_SEND_REFUSED', reason, { type: protocolType(error) }, error);
}

function late(deadline_ms: number): BreakwaterError {
  return new BreakwaterError('BW_KAFKA_SEND_FAILED', `Not acknowledged within ${deadline_ms} ms`, {
    deadline_ms,
  });
}
