import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codecs } from '#shared/avro/codecs.ts';
import { createFamilyLoop } from '#shared/ingest/family-loop.ts';
import { createMemoryStream, type MemoryStream } from '#shared/kafka/memory/stream.ts';
import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import { loadOrCreateKey, loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import type { SearchSink } from '#shared/search/port.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Service } from '#shared/service/service.ts';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { families, rawTopics, topics } from '../../../schemas/topics/topics.ts';
import { createAuditorService } from '../../auditor/auditor.ts';
import { createCorrelatorService } from '../../correlator/service.ts';
import { stateFile, writeState } from '../../correlator/state-file.ts';
import { createIndexProcessor } from '../../indexer/processor.ts';
import { indexedTopics } from '../../indexer/topics.ts';
import { Counts } from './counts.ts';
import { deadLetterLine } from './dead-letter-line.ts';
import { compileDetection } from './detection.ts';
import { Firings } from './firings.ts';
import { NdjsonFile } from './ndjson-file.ts';
import { signalLine } from './signal-line.ts';
import { createReplaySink, sinkFile } from './sink.ts';
import { createTap } from './tap.ts';
import { ThreadedIngest } from './threaded-ingest.ts';

const namespace = 'replay';
const instance = 'replay';
const index_batch_records_max = 5000;
/** Records that may wait to be read while more are sent. */
const unread_records_max = 4000n;
const poll_interval_ms = 1;
/** While one batch of a family is read, what came of another one is written. */
const raw_partitions = 2;

export interface EmbeddedOptions {
  /** Folder for everything that is written; made when absent. */
  readonly out: string;
  readonly scope: string;
  readonly rules: RuleFiles;
  /** CISA's catalogue of exploited vulnerabilities. */
  readonly known_exploited?: string | undefined;
}

/** The whole pipeline in this process, on embedded adapters: the same services as on real servers. */
export class EmbeddedPipeline {
  readonly counts = new Counts();
  readonly signals: NdjsonFile;
  readonly deadLetters: NdjsonFile;
  readonly #firings = new Firings();
  readonly #stream: MemoryStream;
  readonly #writer: StreamWriter;
  readonly #sink: SearchSink;
  readonly #ingest: ThreadedIngest;
  readonly #services: readonly Service[];
  readonly #families: readonly Service[];
  readonly #inventory: readonly Service[];
  readonly #failed: Promise<never>;
  readonly #out: string;
  /** The time of the newest record: what "now" means to services that ask. */
  #now_ms = 0;

  static async start(options: EmbeddedOptions): Promise<EmbeddedPipeline> {
    mkdirSync(options.out, { recursive: true });
    // Its thread starts and compiles the rules while this one does.
    const ingest = new ThreadedIngest({ ...options, namespace });
    const { rules } = compileDetection(options.rules);
    const pipeline = new EmbeddedPipeline(options, rules, ingest);
    await pipeline.#stream.createTopics(
      topics.map((topic) => ({ ...topic, partitions: rawTopics.has(topic.name) ? raw_partitions : 1 })),
    );
    await pipeline.#ingest.ready;
    for (const service of pipeline.#services) await service.start();
    return pipeline;
  }

  private constructor(options: EmbeddedOptions, rules: RuleSet, ingest: ThreadedIngest) {
    const clock = { now_ms: () => this.#now_ms };
    const { out, scope } = options;
    this.#out = out;
    const { telemetry } = this.counts;
    this.#stream = createMemoryStream({ retention: 'unread', clock });
    this.#writer = this.#stream.writer();
    this.#sink = createReplaySink(out, namespace);
    this.signals = new NdjsonFile(join(out, 'signals.ndjson'));
    this.deadLetters = new NdjsonFile(join(out, 'dlq.ndjson'));
    const stream = this.#stream;
    const writer = this.#writer;
    const common = { stream, writer, scope, namespace, clock, telemetry, log: silentLog };
    this.#ingest = ingest;
    this.#families = families.map((family) =>
      createFamilyLoop({
        ...common,
        family,
        processor: ingest.processor(family, clock),
        audit: this.#auditTrail(family),
      }),
    );
    this.#inventory = this.#families.filter(({ name }) => name === 'inventory');
    this.#services = [
      createAuditorService({
        ...common,
        instance,
        tenant: scope,
        directory: join(out, 'ledger'),
        origin: 'breakwater.local/replay',
        signingKey: loadOrCreateKey(join(out, 'keys', 'ledger.pem')),
        bodySecret: loadOrCreateSecret(join(out, 'keys', 'bodies.key')),
      }),
      new Loop({
        ...common,
        name: 'indexer',
        tenant: scope,
        topics: indexedTopics,
        batch_records_max: index_batch_records_max,
        processor: createIndexProcessor({ sink: this.#sink, namespace }),
        deadLetterTopic: () => 'dlq.index',
        audit_type: 'batch.index',
        audit: this.#auditTrail('indexer'),
      }),
      createCorrelatorService({
        ...common,
        rules,
        audit: this.#auditTrail('correlator'),
        onFirings: (changes) => this.#firings.take(changes),
        onStopped: (state) => writeState(join(out, stateFile), state),
      }),
      ...this.#families,
      createTap('signals', stream, ['signals'], ({ value }) => {
        if (value !== undefined) this.signals.write(signalLine(codecs.signal.decode(value)));
      }),
      createTap('dlq', stream, [...families.map((family) => `dlq.${family}`), 'dlq.index'], (record) =>
        this.deadLetters.write(deadLetterLine(record)),
      ),
    ];
    this.#failed = Promise.race(this.#services.map((service) => service.failed));
  }

  #auditTrail(service: string): AuditTrail {
    return createAuditTrail({ writer: this.#writer, producer: `${service}/${instance}` });
  }

  /**
   * Sends records into the pipeline; resolves when few of them wait to be read. Inventory goes first, so that documents
   * are enriched with what the same records say of identity; incidents do not depend on it.
   */
  async feed(records: readonly OutgoingRecord[]): Promise<void> {
    for (const record of records) this.#now_ms = Math.max(this.#now_ms, record.timestamp_ms ?? 0);
    const isInventory = (record: OutgoingRecord): boolean => record.topic === 'raw.inventory';
    await this.#send(records.filter(isInventory));
    await this.#until(this.#inventory, 0n);
    await this.#send(records.filter((record) => !isInventory(record)));
    await this.#until(this.#families, unread_records_max);
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length > 0) await this.#writer.send(records);
  }

  /** Resolves when no more than so many records wait for these services. */
  async #until(services: readonly Service[], waiting_max: bigint): Promise<void> {
    for (;;) {
      const lags = await Promise.race([Promise.all(services.map((service) => service.lag())), this.#failed]);
      if (lags.reduce((total, lag) => total + lag, 0n) <= waiting_max) return;
      await sleep(poll_interval_ms);
    }
  }

  /** Waits until all is at rest, stops every service, and closes all files. */
  async finish(): Promise<void> {
    const [auditor, ...others] = this.#services;
    // What one service wrote, the next has not seen at the first look.
    for (let look = 0; look < this.#services.length; look += 1) await this.#until(this.#services, 0n);
    for (const service of others.toReversed()) await service.stop();
    if (auditor !== undefined) await this.#until([auditor], 0n);
    await auditor?.stop();
    await this.#ingest.close();
    await this.#sink.close();
    // A file that says "none" is an answer; a missing one is a question.
    for (const name of ['events', 'incidents', 'timeline'] as const)
      appendFileSync(sinkFile(this.#out, name), '');
    const firings = new NdjsonFile(join(this.#out, 'firings.ndjson'));
    for (const firing of this.#firings.all()) firings.write(signalLine(firing));
    firings.close();
    this.signals.close();
    this.deadLetters.close();
  }
}
