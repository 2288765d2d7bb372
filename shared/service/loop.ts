import type { Clock } from '#shared/clock/clock.ts';
import type { OutgoingRecord, Stream, StreamBatch, StreamReader, StreamWriter } from '#shared/kafka/port.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { AuditTrail } from './audit-trail.ts';
import { batchEntry } from './batch-audit.ts';
import { Conservation, type Tally, tallyOf } from './conservation.ts';
import { deadLetter } from './dead-letter.ts';
import { Gaps } from './gaps.ts';
import type { Outcome } from './outcome.ts';
import type { Service } from './service.ts';
import { createStageRetry, type StageRetry } from './stage-retry.ts';

/** What a service does with a batch: one outcome per record, in order. Throws only what a retry may cure, or a bug. */
export interface BatchProcessor {
  process(batch: StreamBatch): Promise<readonly Outcome[]>;
}

export interface LoopOptions {
  readonly name: string;
  readonly stream: Stream;
  readonly writer: StreamWriter;
  readonly topics: readonly string[];
  readonly batch_records_max: number;
  readonly processor: BatchProcessor;
  /** Where rejected records go, by the topic that they came from. */
  readonly deadLetterTopic: (topic: string) => string;
  /** Type of the audit record that each batch leaves, such as `batch.ingest`. */
  readonly audit_type: string;
  readonly audit: AuditTrail;
  readonly tenant: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/**
 * The loop of every consuming service: read a batch, process it, write what came of it (dead letters included), leave
 * an audit record over the exact input bytes, and only then let the offset be committed.
 */
export class Loop implements Service {
  readonly name: string;
  readonly conservation = new Conservation();
  readonly #options: LoopOptions;
  readonly #reader: StreamReader;
  readonly #stopping = new AbortController();
  readonly #gaps: Gaps;
  readonly #retry: StageRetry;

  constructor(options: LoopOptions) {
    this.name = options.name;
    this.#options = options;
    this.#gaps = new Gaps(options);
    this.#retry = createStageRetry({ ...options, signal: this.#stopping.signal });
    this.#reader = options.stream.reader({
      group: `breakwater-${options.name}`,
      topics: options.topics,
      batch_records_max: options.batch_records_max,
      commit: 'handled',
      onGap: (gap) => this.#gaps.report(gap),
    });
  }

  get failed(): Promise<never> {
    return this.#reader.failed;
  }

  start(): Promise<void> {
    return this.#reader.start((batch) => this.#handle(batch));
  }

  async lag(): Promise<bigint> {
    return (await this.#reader.lag()) + BigInt(this.conservation.in_flight);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader.stop();
  }

  async #handle(batch: StreamBatch): Promise<void> {
    const { telemetry, processor, clock } = this.#options;
    const started_ms = clock.now_ms();
    this.conservation.read(batch.records.length);
    telemetry.recordsIn(batch.topic, batch.records.length, bytesOf(batch));
    telemetry.recordsInFlight(batch.topic, this.conservation.in_flight);
    const outcomes = await this.#retry('process', () => processor.process(batch));
    if (outcomes.length !== batch.records.length) {
      throw new TypeError(`${this.name}: ${outcomes.length} outcomes for ${batch.records.length} records`);
    }
    await this.#deliver(batch, outcomes);
    const tally = tallyOf(outcomes);
    await this.#leaveAuditRecord(batch, tally);
    this.#settle(batch, tally, (clock.now_ms() - started_ms) / 1000);
  }

  async #deliver(batch: StreamBatch, outcomes: readonly Outcome[]): Promise<void> {
    const outputs: OutgoingRecord[] = [];
    outcomes.forEach((outcome, index) => {
      const record = batch.records[index];
      if (outcome.kind === 'ok') for (const output of outcome.outputs) outputs.push(output);
      else if (outcome.kind === 'reject' && record !== undefined) {
        const topic = this.#options.deadLetterTopic(batch.topic);
        outputs.push(deadLetter(topic, record, outcome.reason, outcome.detail));
      }
    });
    if (outputs.length > 0) await this.#retry('send', () => this.#options.writer.send(outputs));
    for (const [topic, records] of countByTopic(outputs)) this.#options.telemetry.recordsOut(topic, records);
  }

  async #leaveAuditRecord(batch: StreamBatch, tally: Tally): Promise<void> {
    const { audit, audit_type, tenant, clock } = this.#options;
    const time_ns = BigInt(clock.now_ms()) * 1_000_000n;
    const entries = this.#gaps.takeEntries(tenant, time_ns);
    entries.push(batchEntry(audit_type, tenant, time_ns, batch, tally));
    await this.#retry('audit', () => audit.record(entries));
  }

  #settle(batch: StreamBatch, tally: Tally, duration_seconds: number): void {
    const { telemetry } = this.#options;
    this.conservation.settled(tally);
    telemetry.recordsOutcome(batch.topic, 'ok', '', tally.ok);
    if (tally.duplicate > 0) telemetry.recordsOutcome(batch.topic, 'duplicate', '', tally.duplicate);
    for (const kind of ['drop', 'reject'] as const) {
      for (const [reason, records] of Object.entries(tally[kind])) {
        telemetry.recordsOutcome(batch.topic, kind, reason, records);
      }
    }
    telemetry.recordsInFlight(batch.topic, this.conservation.in_flight);
    telemetry.batchHandled(batch.topic, duration_seconds);
  }
}

function bytesOf(batch: StreamBatch): number {
  return batch.records.reduce((total, record) => total + (record.value?.length ?? 0), 0);
}

function countByTopic(outputs: readonly OutgoingRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of outputs) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}
