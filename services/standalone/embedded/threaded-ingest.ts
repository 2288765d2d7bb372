import { Worker } from 'node:worker_threads';
import type { Family } from '#shared/avro/types.generated.ts';
import type { Clock } from '#shared/clock/clock.ts';
import type { BatchProcessor } from '#shared/service/loop.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import type { IngestSettings } from './ingest-processors.ts';
import { type PackedBatch, type PackedOutcomes, packBatch, unpackOutcomes } from './packing.ts';

export interface IngestRequest {
  readonly id: number;
  readonly family: Family;
  readonly now_ms: number;
  readonly batch: PackedBatch;
}

export interface IngestAnswer {
  /** -1: the thread is ready. */
  readonly id: number;
  readonly outcomes: PackedOutcomes;
}

interface Waiting {
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reading records is half of a replay's work, so it runs in a thread of its own, beside indexing and correlation. One
 * thread for all families: they share what is known of identities.
 */
export class ThreadedIngest {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<void>();
  #last_id = 0;

  constructor(settings: IngestSettings) {
    this.#worker = new Worker(new URL('./ingest-thread.ts', import.meta.url), { workerData: settings });
    this.#worker.on('message', (answer: IngestAnswer) => this.#take(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#ready.promise.catch(() => undefined);
  }

  /** Resolves when the rules are loaded; rejects with what is wrong with them. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  processor(family: Family, clock: Clock): BatchProcessor {
    return {
      process: (batch) =>
        new Promise((resolve, reject) => {
          const id = ++this.#last_id;
          this.#waiting.set(id, { resolve, reject });
          const packed = packBatch(batch);
          const request: IngestRequest = { id, family, now_ms: clock.now_ms(), batch: packed };
          this.#worker.postMessage(request, [packed.values.bytes.buffer]);
        }),
    };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take({ id, outcomes }: IngestAnswer): void {
    if (id === -1) this.#ready.resolve();
    this.#waiting.get(id)?.resolve(unpackOutcomes(outcomes));
    this.#waiting.delete(id);
  }

  #fail(error: unknown): void {
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
