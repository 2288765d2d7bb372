import type { Leaf } from '#shared/ledger/records/leaf.ts';
import type { LeafBatch } from './leaf-batch.ts';
import type { LogState } from './log-state.ts';
import { gapRecord, malformedRecord, type OwnRecord } from './own-records.ts';
import type { ReceivedRecord } from './received-record.ts';
import type { TenantLogOptions } from './tenant-log-options.ts';

/** Whose log it is, and as whom the auditor numbers what it says itself. */
type NumberingOptions = Pick<TenantLogOptions, 'tenant' | 'producer' | 'clock' | 'onGap'>;

/**
 * Records on their way into a log: each gets a leaf once, what a producer left out is said, and the log's state counts
 * all of it. The state runs ahead of the log until the batch is appended.
 */
export class NumberedBatch {
  readonly #leaves: LeafBatch;
  readonly #state: LogState;
  readonly #options: NumberingOptions;

  constructor(leaves: LeafBatch, state: LogState, options: NumberingOptions) {
    this.#leaves = leaves;
    this.#state = state;
    this.#options = options;
  }

  get leaves(): Readonly<LeafBatch['leaves']> {
    return this.#leaves.leaves;
  }

  get bodies(): Readonly<LeafBatch['bodies']> {
    return this.#leaves.bodies;
  }

  /** False when the record came before. */
  admit(received: ReceivedRecord): boolean {
    const { content, received_ms, topic, partition, offset } = received;
    const source = { topic, partition, offset: String(offset) };
    if (content.kind !== 'record') return this.#admitByPlace(received, source);
    const { record } = content;
    const { producer } = record;
    const arrival = this.#state.marks.arrive(producer, record.sequence);
    if (arrival.kind === 'duplicate') return false;
    if (arrival.kind === 'gap') {
      this.#options.onGap(producer, arrival.from, arrival.to);
      this.addOwn(gapRecord(producer, arrival.from, arrival.to));
    }
    this.#state.totals.add(record.type, this.#leaves.add(record, received_ms, source));
    return true;
  }

  /** A leaf that the auditor is the producer of. */
  addOwn(own: OwnRecord, source?: Leaf['source']): void {
    const { tenant, producer, clock } = this.#options;
    const sequence = this.#state.marks.nextOf(producer);
    this.#state.marks.arrive(producer, sequence);
    const now_ms = clock.now_ms();
    const record = { time_ns: BigInt(now_ms) * 1_000_000n, body: null, ...own, tenant, producer, sequence };
    this.#state.totals.add(own.type, this.#leaves.add(record, now_ms, source));
  }

  /** What has no number of its own is known by its place in the topic; the auditor numbers the leaf. */
  #admitByPlace({ content, topic, partition, offset }: ReceivedRecord, source: Leaf['source']): boolean {
    const arrival = this.#state.marks.arrive(`topic:${topic}/${partition}`, offset);
    if (arrival.kind === 'duplicate') return false;
    if (content.kind === 'derived') this.addOwn(content.record, source);
    if (content.kind === 'malformed') this.addOwn(malformedRecord(content.bytes), source);
    return true;
  }
}
