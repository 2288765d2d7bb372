import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import { type BodyCipher, createBodyCipher } from '#shared/ledger/bodies/body-cipher.ts';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { catalogueHash } from '#shared/ledger/records/catalogue.ts';
import { logName, shardOf } from '#shared/ledger/log-name.ts';
import type { Leaf } from '#shared/ledger/records/leaf.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { verifierKeyOf } from '#shared/ledger/verify/note.ts';
import { replaceFile } from '#shared/ledger/writer/files.ts';
import { Serial } from '#shared/serial/serial.ts';
import type { Bound } from '#shared/ledger/writer/bound.ts';
import type { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { LeafBatch, type ReceivedRecord } from './leaf-batch.ts';
import { type LogState, readState, stateText } from './log-state.ts';
import { RunningTotals } from './running-totals.ts';
import { findPrevious, keySourceOf, openWriter, signerOf } from './shards.ts';
import type { TenantLogOptions } from './tenant-log-options.ts';

/** What became of records handed to a log. */
export interface Added {
  readonly leaves: number;
  readonly duplicates: number;
}

/** A signed tree head. */
export interface PublishedHead extends Bound {
  readonly log: string;
  readonly origin: string;
  /** With the log's own signature. */
  readonly checkpoint: Buffer;
}

/** The ledger of one tenant: its current log, what is expected from each producer, and the running totals. */
export class TenantLog {
  readonly #options: TenantLogOptions;
  readonly #cipher: BodyCipher;
  readonly #serial = new Serial();
  #shard: string;
  #writer: LogWriter;
  #state: LogState;
  #unpublished = false;
  #published: PublishedHead | undefined;

  private constructor(options: TenantLogOptions, shard: string, writer: LogWriter) {
    this.#options = options;
    this.#cipher = createBodyCipher(options.bodySecret, options.tenant);
    this.#shard = shard;
    this.#writer = writer;
    this.#state = readState(writer.state);
  }

  /**
   * Opens the tenant's log of this quarter; a new one continues the log before it.
   * @throws BW_LEDGER_LOCKED (retriable) while another auditor has it.
   */
  static async open(options: TenantLogOptions): Promise<TenantLog> {
    const shard = shardOf(options.clock.now_ms());
    const log = new TenantLog(options, shard, await openWriter(options, shard));
    if (log.#writer.size === 0) await log.#begin();
    else {
      await log.#noteRotation();
      await log.#noteCatalogue();
    }
    return log;
  }

  get name(): string {
    return logName(this.#options.prefix, this.#shard);
  }

  /** Makes leaves of records that have not come before; resolves when they are durable. */
  add(records: readonly ReceivedRecord[]): Promise<Added> {
    return this.#serial.run(async () => {
      if (shardOf(this.#options.clock.now_ms()) !== this.#shard) await this.#rollOver();
      const batch = this.#batch();
      let duplicates = 0;
      for (const received of records) if (!this.#admit(batch, received)) duplicates += 1;
      await this.#append(batch);
      return { leaves: batch.leaves.length, duplicates };
    });
  }

  /** What the newest checkpoint says, for the anchor; undefined before the first. */
  get published(): PublishedHead | undefined {
    return this.#published;
  }

  /** Adds cosignatures to a checkpoint that is still the newest one. */
  addSignatures(checkpoint: Buffer, lines: readonly string[]): Promise<boolean> {
    return this.#serial.run(() => this.#writer.addSignatures(checkpoint, lines));
  }

  /** Leaves records of the auditor itself, made durable together. */
  addOwnAll(type: string, facts: readonly Readonly<Record<string, string>>[]): Promise<void> {
    return this.#serial.run(async () => {
      const batch = this.#batch();
      for (const each of facts) this.#own(batch, ownRecord(type, 'success', each));
      await this.#append(batch);
    });
  }

  /** Leaves a record of whoever has the log open, with a body if it has one. */
  addEntry(entry: Pick<AuditRecord, 'type' | 'outcome' | 'facts' | 'time_ns' | 'body'>): Promise<void> {
    return this.#serial.run(async () => {
      const batch = this.#batch();
      const { type, outcome, facts, time_ns, body } = entry;
      this.#own(batch, { type, outcome, facts, time_ns, body });
      await this.#append(batch);
    });
  }

  /** Leaves a record of the auditor itself. */
  addOwn(
    type: string,
    outcome: AuditRecord['outcome'],
    facts: Readonly<Record<string, string>>,
  ): Promise<void> {
    return this.#serial.run(() => this.#appendOwn(type, outcome, facts));
  }

  /**
   * Totals of every stage, then how far each producer is and how many leaves of each type there are. `also` is what else
   * the heartbeat says.
   */
  heartbeat(also: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#serial.run(async () => {
      await this.#noteRotation();
      const batch = this.#batch();
      for (const facts of this.#state.totals.stageFacts())
        this.#own(batch, ownRecord('audit.totals', 'success', facts));
      const next = [...this.#state.marks.next()].slice(-heartbeat_producers_max);
      this.#own(
        batch,
        ownRecord('audit.heartbeat', 'success', {
          interval_ms: String(this.#options.heartbeat_interval_ms),
          leaves: String(this.#writer.size + batch.leaves.length),
          producers: String(next.length),
          ...also,
          ...Object.fromEntries(next.map(([producer, sequence]) => [`next.${producer}`, String(sequence)])),
        }),
      );
      this.#own(batch, ownRecord('audit.counts', 'success', this.#state.totals.typeFacts()));
      await this.#append(batch);
    });
  }

  /** Signs what is new, if anything is. */
  publish(): Promise<void> {
    return this.#serial.run(async () => {
      if (!this.#unpublished) return;
      await this.#noteRotation();
      const checkpoint = await this.#writer.publish();
      const origin = `${this.#options.origin}/${this.name}`;
      this.#published = { log: this.name, origin, checkpoint, ...this.#writer.bound };
      this.#unpublished = false;
    });
  }

  /** Publishes and lets another auditor take over. */
  async close(): Promise<void> {
    await this.publish();
    await this.#serial.run(() => this.#writer.close());
  }

  /** Lets another auditor take over, signing nothing. */
  abandon(): Promise<void> {
    return this.#serial.run(() => this.#writer.close());
  }

  #batch(): LeafBatch {
    return new LeafBatch(this.name, this.#writer.size, this.#cipher);
  }

  /** False when the record came before. */
  #admit(batch: LeafBatch, received: ReceivedRecord): boolean {
    const { content, received_ms, topic, partition, offset } = received;
    const source = { topic, partition, offset: String(offset) };
    if (content.kind !== 'record') return this.#admitByPlace(batch, received, source);
    const { record } = content;
    const arrival = this.#state.marks.arrive(record.producer, record.sequence);
    if (arrival.kind === 'duplicate') return false;
    if (arrival.kind === 'gap') {
      this.#options.onGap(record.producer, arrival.from, arrival.to);
      this.#own(
        batch,
        ownRecord('audit.gap', 'failure', {
          producer: record.producer,
          sequence_from: String(arrival.from),
          sequence_to: String(arrival.to),
        }),
      );
    }
    this.#state.totals.add(record.type, batch.add(record, received_ms, source));
    return true;
  }

  /** What has no number of its own is known by its place in the topic; the auditor numbers the leaf. */
  #admitByPlace(batch: LeafBatch, received: ReceivedRecord, source: Leaf['source']): boolean {
    const { content, topic, partition, offset } = received;
    const arrival = this.#state.marks.arrive(`topic:${topic}/${partition}`, offset);
    if (arrival.kind === 'duplicate') return false;
    if (content.kind === 'derived') this.#own(batch, content.record, source);
    if (content.kind === 'malformed') {
      const { bytes } = content;
      const facts = { bytes: String(bytes.length), sha256: hash('sha256', bytes) };
      this.#own(batch, ownRecord('audit.malformed', 'failure', facts), source);
    }
    return true;
  }

  /** A leaf that the auditor is the producer of. */
  #own(batch: LeafBatch, own: OwnRecord, source?: Leaf['source']): void {
    const { tenant, producer, clock } = this.#options;
    const sequence = this.#state.marks.nextOf(producer);
    this.#state.marks.arrive(producer, sequence);
    const now_ms = clock.now_ms();
    const record = { time_ns: BigInt(now_ms) * 1_000_000n, body: null, ...own, tenant, producer, sequence };
    this.#state.totals.add(own.type, batch.add(record, now_ms, source));
  }

  async #appendOwn(
    type: string,
    outcome: AuditRecord['outcome'],
    facts: Readonly<Record<string, string>>,
  ): Promise<void> {
    const batch = this.#batch();
    this.#own(batch, ownRecord(type, outcome, facts));
    await this.#append(batch);
  }

  async #append(batch: LeafBatch): Promise<void> {
    if (batch.leaves.length === 0) return;
    // Bodies first: a leaf must not commit to a body that a crash could take.
    if (batch.bodies.length > 0) {
      await new BodyStore(this.#options.directory, this.name).write(batch.bodies);
    }
    await this.#writer.append(batch.leaves, stateText(this.#state));
    this.#unpublished = true;
  }

  /** The first leaf of a log names the log before it, whose producers go on counting here. */
  async #begin(): Promise<void> {
    const previous = findPrevious(this.#options.directory, this.#options.prefix, this.#shard);
    const former = readState(previous?.bound.state ?? '');
    // A tenant without a past has nothing that an earlier key signed, or an earlier catalogue described.
    const { rotation, catalogue } =
      previous === undefined
        ? { rotation: this.#keys().rotation?.sha256 ?? '', catalogue: catalogueHash() }
        : former;
    this.#state = { marks: former.marks, totals: new RunningTotals(), rotation, catalogue };
    const facts: Record<string, string> =
      previous === undefined
        ? {}
        : {
            previous_log: previous.log,
            previous_size: String(previous.bound.size),
            previous_root: previous.bound.root.toString('hex'),
          };
    await this.#appendOwn('shard.opened', 'success', facts);
    await this.#noteRotation();
    await this.#noteCatalogue();
  }

  /** Which types of records there are, and what they show, is by a version of the software. */
  async #noteCatalogue(): Promise<void> {
    const [previous_sha256, sha256] = [this.#state.catalogue, catalogueHash()];
    if (sha256 === previous_sha256) return;
    this.#state.catalogue = sha256;
    const facts = { name: 'records', sha256 };
    await this.#appendOwn(
      'catalogue.changed',
      'success',
      previous_sha256 === '' ? facts : { ...facts, previous_sha256 },
    );
  }

  /** The first checkpoint that a new key signs covers the leaf that says so. */
  async #noteRotation(): Promise<void> {
    const { rotation } = this.#keys();
    if (rotation === undefined || rotation.sha256 === this.#state.rotation) return;
    this.#state.rotation = rotation.sha256;
    const origin = `${this.#options.origin}/${this.name}`;
    await this.#appendOwn('key.rotated', 'success', {
      log: this.name,
      old_key: verifierKeyOf(origin, rotation.old).id,
      new_key: verifierKeyOf(origin, rotation.next).id,
      statement_sha256: rotation.sha256,
      overlap_until_s: String(rotation.until_s),
    });
    const { vkey } = signerOf(this.#options, this.#shard);
    replaceFile(join(this.#options.directory, `${this.name}.vkey`), `${vkey}\n`);
  }

  #keys(): ReturnType<KeySource> {
    return keySourceOf(this.#options)(this.#options.clock.now_ms());
  }

  async #rollOver(): Promise<void> {
    const shard = shardOf(this.#options.clock.now_ms());
    await this.#appendOwn('shard.closed', 'success', { next_log: logName(this.#options.prefix, shard) });
    await this.#writer.publish();
    await this.#writer.close();
    this.#shard = shard;
    this.#writer = await openWriter(this.#options, shard);
    await this.#begin();
  }
}

/** What the auditor itself says; without a time of its own it is of now. */
type OwnRecord = Pick<AuditRecord, 'type' | 'outcome' | 'facts'> &
  Partial<Pick<AuditRecord, 'time_ns' | 'body'>>;

function ownRecord(type: string, outcome: AuditRecord['outcome'], facts: AuditRecord['facts']): OwnRecord {
  return { type, outcome, facts };
}

/** Producers that a heartbeat lists: those heard of most recently. */
const heartbeat_producers_max = 48;
