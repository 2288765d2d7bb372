import { join } from 'node:path';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import { type BodyCipher, createBodyCipher } from '#shared/ledger/bodies/body-cipher.ts';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { catalogueHash } from '#shared/ledger/records/catalogue.ts';
import { logName, shardOf } from '#shared/ledger/log-name.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { replaceFile } from '#shared/ledger/writer/files.ts';
import { Serial } from '#shared/serial/serial.ts';
import type { Bound } from '#shared/ledger/writer/bound.ts';
import type { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { LeafBatch } from './leaf-batch.ts';
import { beginState, type LogState, readState, stateText } from './log-state.ts';
import { NumberedBatch } from './numbered-batch.ts';
import {
  catalogueRecord,
  closedRecord,
  countsRecord,
  heartbeatRecord,
  openedRecord,
  type OwnRecord,
  rotationRecord,
  totalsRecords,
} from './own-records.ts';
import type { ReceivedRecord } from './received-record.ts';
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
      for (const received of records) if (!batch.admit(received)) duplicates += 1;
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
      for (const each of facts) batch.addOwn({ type, outcome: 'success', facts: each });
      await this.#append(batch);
    });
  }

  /** Leaves a record of whoever has the log open, with a body if it has one. */
  addEntry(entry: Pick<AuditRecord, 'type' | 'outcome' | 'facts' | 'time_ns' | 'body'>): Promise<void> {
    return this.#serial.run(async () => {
      const batch = this.#batch();
      const { type, outcome, facts, time_ns, body } = entry;
      batch.addOwn({ type, outcome, facts, time_ns, body });
      await this.#append(batch);
    });
  }

  /** Leaves a record of the auditor itself. */
  addOwn(
    type: string,
    outcome: AuditRecord['outcome'],
    facts: Readonly<Record<string, string>>,
  ): Promise<void> {
    return this.#serial.run(() => this.#appendOwn({ type, outcome, facts }));
  }

  /**
   * Totals of every stage, then how far each producer is and how many leaves of each type there are. `also` is what else
   * the heartbeat says.
   */
  heartbeat(also: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#serial.run(async () => {
      await this.#noteRotation();
      const batch = this.#batch();
      for (const record of totalsRecords(this.#state)) batch.addOwn(record);
      const leaves = this.#writer.size + batch.leaves.length;
      batch.addOwn(heartbeatRecord(this.#state, this.#options.heartbeat_interval_ms, leaves, also));
      batch.addOwn(countsRecord(this.#state));
      await this.#append(batch);
    });
  }

  /** Signs what is new, if anything is. */
  publish(): Promise<void> {
    return this.#serial.run(async () => {
      if (!this.#unpublished) return;
      await this.#noteRotation();
      const checkpoint = await this.#writer.publish();
      this.#published = { log: this.name, origin: this.#origin, checkpoint, ...this.#writer.bound };
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

  get #origin(): string {
    return `${this.#options.origin}/${this.name}`;
  }

  #batch(): NumberedBatch {
    const leaves = new LeafBatch(this.name, this.#writer.size, this.#cipher);
    return new NumberedBatch(leaves, this.#state, this.#options);
  }

  async #appendOwn(record: OwnRecord): Promise<void> {
    const batch = this.#batch();
    batch.addOwn(record);
    await this.#append(batch);
  }

  async #append(batch: NumberedBatch): Promise<void> {
    if (batch.leaves.length === 0) return;
    // Bodies first: a leaf must not commit to a body that a crash could take.
    if (batch.bodies.length > 0) {
      await new BodyStore(this.#options.directory, this.name).write(batch.bodies);
    }
    await this.#writer.append(batch.leaves, stateText(this.#state));
    this.#unpublished = true;
  }

  /** The producers of the log before it go on counting in a new log. */
  async #begin(): Promise<void> {
    const previous = findPrevious(this.#options.directory, this.#options.prefix, this.#shard);
    const rotation = this.#keys().rotation?.sha256 ?? '';
    this.#state = beginState(previous?.bound.state, { rotation, catalogue: catalogueHash() });
    await this.#appendOwn(openedRecord(previous));
    await this.#noteRotation();
    await this.#noteCatalogue();
  }

  /** Which types of records there are, and what they show, is by a version of the software. */
  async #noteCatalogue(): Promise<void> {
    const [previous_sha256, sha256] = [this.#state.catalogue, catalogueHash()];
    if (sha256 === previous_sha256) return;
    this.#state.catalogue = sha256;
    await this.#appendOwn(catalogueRecord(previous_sha256, sha256));
  }

  /** The first checkpoint that a new key signs covers the leaf that says so. */
  async #noteRotation(): Promise<void> {
    const { rotation } = this.#keys();
    if (rotation === undefined || rotation.sha256 === this.#state.rotation) return;
    this.#state.rotation = rotation.sha256;
    await this.#appendOwn(rotationRecord(this.name, this.#origin, rotation));
    const { vkey } = signerOf(this.#options, this.#shard);
    replaceFile(join(this.#options.directory, `${this.name}.vkey`), `${vkey}\n`);
  }

  #keys(): ReturnType<KeySource> {
    return keySourceOf(this.#options)(this.#options.clock.now_ms());
  }

  async #rollOver(): Promise<void> {
    const shard = shardOf(this.#options.clock.now_ms());
    await this.#appendOwn(closedRecord(logName(this.#options.prefix, shard)));
    await this.#writer.publish();
    await this.#writer.close();
    this.#shard = shard;
    this.#writer = await openWriter(this.#options, shard);
    await this.#begin();
  }
}
