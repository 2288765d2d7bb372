import type { KeyObject } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { Clock } from '#shared/clock/clock.ts';
import type { TimeServer } from '#shared/clock/time-server.ts';
import { isRetriable } from '#shared/errors/error.ts';
import type { Stream, StreamBatch, StreamGap, StreamReader, StreamRecord } from '#shared/kafka/port.ts';
import type { RetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { decodeRecord } from '#shared/service/decode.ts';
import type { Service } from '#shared/service/service.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { Serial } from '#shared/serial/serial.ts';
import type { SearchSink } from '#shared/search/port.ts';
import { Anchor, type AnchorOptions } from './anchor.ts';
import { Background } from './background.ts';
import { decisionOf, detectionOf, withoutNames } from './derived-records.ts';
import type { ReceivedContent, ReceivedRecord } from './leaf-batch.ts';
import { compareClock } from './clock-check.ts';
import { Copier, type Mismatch } from './search-copy/copier.ts';
import type { CopyReader } from './search-copy/reader.ts';
import { parseLogName, tenantOf } from '#shared/ledger/log-name.ts';
import { SelfCheck } from './self-check.ts';
import { keySourceOf } from './shards.ts';
import type { PublishedHead } from './tenant-log.ts';
import { type CommonOptions, TenantLogs } from './tenant-logs.ts';
import { Upkeep } from './upkeep.ts';

export interface AuditorOptions {
  readonly stream: Stream;
  /** The ledger directory. */
  readonly directory: string;
  /** Origins are `<origin>/<log>`: a URL without scheme. */
  readonly origin: string;
  /** One Ed25519 key, or the keys that sign as they are rotated. */
  readonly signingKey: KeyObject | KeySource;
  /** 32 bytes from which the keys of bodies are derived. */
  readonly bodySecret: Buffer;
  /** Tells this process from others, such as 3f2a. */
  readonly instance: string;
  /** Where records go whose tenant cannot be told. */
  readonly tenant: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Longest time from a leaf to a signed checkpoint; without it one checkpoint is signed at the end. */
  readonly checkpoint_interval_ms?: number | undefined;
  /** Without it there is one heartbeat, at the end. */
  readonly heartbeat_interval_ms?: number | undefined;
  /** Heartbeats say how far the clock is from that of this server; without it, that it is unknown. */
  readonly time_server?: TimeServer | undefined;
  /** Witnesses and time-stamps of the log of all heads; without it there is no such log. */
  readonly anchor?: AnchorOptions | undefined;
  /** Where leaves can be searched; without it they are in the ledger alone. */
  readonly searchCopy?: SearchCopyOptions | undefined;
  /** Erases and prunes what has passed its time; without it everything is kept. */
  readonly retention?: RetentionOptions | undefined;
  /** Time between two stretches of the ledger that are verified again; without it nothing is. */
  readonly self_check_interval_ms?: number | undefined;
}

export interface RetentionOptions {
  readonly policy: RetentionPolicy;
  readonly interval_ms: number;
}

export interface SearchCopyOptions {
  readonly sink: SearchSink;
  readonly reader: CopyReader;
  readonly namespace: string;
}

/** Time between two looks for leaves to be copied. */
const copy_interval_ms = 1_000;
/** Time between two stretches of 1,000 leaves of each log that are compared with their copy. */
const compare_interval_ms = 10_000;

/** Time between two looks for logs that have grown. */
const anchor_interval_ms = 1_000;

const auditTopic = 'audit';
/** Signals and decisions become leaves whether or not anybody reports them. */
const topics = [auditTopic, 'signals', 'decisions'];
/** Leaves made durable together; a larger batch gains little and delays its first leaf. */
const batch_records_max = 4096;

/** Makes the leaves of the ledger from the audit topic: one log a tenant, in the order of arrival, each record once. */
export function createAuditorService(options: AuditorOptions): Service {
  return new Auditor(options);
}

class Auditor implements Service {
  readonly name = 'auditor';
  readonly #options: AuditorOptions;
  readonly #common: CommonOptions;
  readonly #logs: TenantLogs;
  #anchor: Anchor | undefined;
  readonly #reader: StreamReader;
  readonly #copier: Copier | undefined;
  readonly #copies = new Serial();
  readonly #background = new Background();
  #stopped: Promise<void> | undefined;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#common = {
      directory: options.directory,
      origin: options.origin,
      signingKey: options.signingKey,
      bodySecret: options.bodySecret,
      producer: `auditor/${options.instance}`,
      clock: options.clock,
      heartbeat_interval_ms: options.heartbeat_interval_ms ?? 0,
      onGap: (producer, from, to) => {
        options.telemetry.recordsLost(auditTopic, Number(to - from));
        options.log.error('audit records of a producer are missing', { producer, from, to });
      },
    };
    this.#logs = new TenantLogs(this.#common);
    this.#reader = options.stream.reader({
      group: 'breakwater-auditor',
      topics,
      batch_records_max,
      // Nobody waits for a leaf but for its signature, twice a second; each batch costs several writes to the disk.
      patient: true,
      commit: 'handled',
      onGap: (gap) => this.#background.run(() => this.#logGap(gap)),
      onRevoked: (revoked) => this.#background.run(() => this.#logs.release(revoked)),
    });
    this.#copier = options.searchCopy && this.#createCopier(options.searchCopy);
  }

  get failed(): Promise<never> {
    return Promise.race([this.#reader.failed, this.#background.failed]);
  }

  async start(): Promise<void> {
    await this.#logs.openExisting();
    await this.#sayThat('service.started');
    await this.#openAnchor();
    this.#background.every(this.#options.checkpoint_interval_ms, () => this.#publish());
    this.#background.every(this.#options.heartbeat_interval_ms, () => this.#heartbeat());
    const copier = this.#copier;
    if (copier !== undefined) {
      this.#background.every(copy_interval_ms, () => this.#copying(() => copier.copyNew()));
      this.#background.every(compare_interval_ms, () => this.#copying(() => copier.compareSome()));
    }
    this.#startUpkeep();
    await this.#reader.start((batch) => this.#background.noticing(() => this.#handle(batch)));
  }

  async lag(): Promise<bigint> {
    return (await this.#reader.lag()) + BigInt(this.#copier?.lag() ?? 0);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#background.stopTimers();
    await this.#reader.stop();
    await this.#background.ended();
    if (this.#background.hasFailed) {
      await this.#logs.abandon();
      await this.#anchor?.abandon();
      return;
    }
    await this.#sayThat('service.stopped');
    await this.#heartbeat();
    await this.#publish();
    await this.#anchor?.anchor(await this.#heads());
    await this.#logs.close();
    await this.#anchor?.close();
  }

  #startUpkeep(): void {
    const { directory, origin, signingKey, clock, retention, self_check_interval_ms } = this.#options;
    const keys = keySourceOf({ signingKey });
    const check = new SelfCheck({ directory, origin, keys, now_ms: () => clock.now_ms() });
    this.#background.every(self_check_interval_ms, () => this.#selfCheck(check));
    if (retention === undefined) return;
    const { bodySecret, log } = this.#options;
    const upkeep = new Upkeep({
      directory,
      bodySecret,
      clock,
      log,
      logs: this.#logs,
      policy: retention.policy,
    });
    this.#background.run(() => this.#unlessAnothers(() => upkeep.resume()));
    this.#background.every(retention.interval_ms, () => this.#unlessAnothers(() => upkeep.run()));
  }

  async #selfCheck(check: SelfCheck): Promise<void> {
    for (const { log, index_first, index_next, what } of check.look()) {
      this.#options.telemetry.errorSeen('BW_LEDGER_CORRUPT', 'self-check');
      this.#options.log.error('the ledger is not what was signed', { log, index_first, index_next, what });
      const own = await this.#logs.of(tenantOf(parseLogName(log)?.prefix ?? '_') ?? this.#options.tenant);
      await own.addOwn('ledger.mismatch', 'failure', {
        log,
        index_first: String(index_first),
        index_next: String(index_next),
      });
    }
  }

  async #openAnchor(): Promise<void> {
    if (this.#options.anchor === undefined) return;
    const anchor = await Anchor.open(this.#options.anchor, this.#common, this.#options.log);
    this.#anchor = anchor;
    this.#background.every(anchor_interval_ms, async () => anchor.anchor(await this.#heads()));
  }

  /** Whether the audit trail was being written is evidence too; a replay, which has no heartbeat, has no such times. */
  async #sayThat(type: string): Promise<void> {
    if (this.#options.heartbeat_interval_ms === undefined) return;
    await this.#unlessAnothers(async () => {
      const log = await this.#logs.of(this.#options.tenant);
      await log.addOwn(type, 'success', { service: 'auditor' });
    });
  }

  /** Of several auditors each has some of the logs. */
  async #unlessAnothers(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      this.#options.log.warn('another auditor has this log', { reason: String(error) });
    }
  }

  async #heads(): Promise<PublishedHead[]> {
    return (await this.#logs.all()).flatMap((log) => log.published ?? []);
  }

  async #handle(batch: StreamBatch): Promise<void> {
    const { telemetry } = this.#options;
    const started_ms = performance.now();
    let bytes = 0;
    const byTenant = new Map<string, ReceivedRecord[]>();
    for (const record of batch.records) {
      bytes += record.value?.length ?? 0;
      const content = contentOf(record, this.#options.bodySecret);
      if (content === undefined) continue;
      const tenant = content.kind === 'malformed' ? this.#options.tenant : content.record.tenant;
      const { topic, partition, offset, timestamp_ms: received_ms } = record;
      const received: ReceivedRecord = { content, topic, partition, offset, received_ms };
      const of = byTenant.get(tenant);
      if (of === undefined) byTenant.set(tenant, [received]);
      else of.push(received);
    }
    telemetry.recordsIn(batch.topic, batch.records.length, bytes);
    const added = await Promise.all(
      [...byTenant].map(async ([tenant, records]) =>
        (await this.#logs.of(tenant, batch.partition)).add(records),
      ),
    );
    const duplicates = added.reduce((total, each) => total + each.duplicates, 0);
    telemetry.recordsOutcome(batch.topic, 'ok', '', batch.records.length - duplicates);
    if (duplicates > 0) telemetry.recordsOutcome(batch.topic, 'duplicate', '', duplicates);
    telemetry.batchHandled(batch.topic, (performance.now() - started_ms) / 1000);
  }

  async #publish(): Promise<void> {
    for (const log of await this.#logs.all()) await log.publish();
  }

  async #heartbeat(): Promise<void> {
    const { time_server, clock, log, telemetry } = this.#options;
    const clockFacts = await compareClock({ time_server, clock, log, telemetry });
    for (const each of await this.#logs.all()) await each.heartbeat(clockFacts);
    await this.#anchor?.heartbeat(clockFacts);
  }

  async #logGap(gap: StreamGap): Promise<void> {
    this.#options.telemetry.recordsLost(gap.topic, Number(gap.to - gap.from));
    const log = await this.#logs.of(this.#options.tenant);
    await log.addOwn('audit.gap', 'failure', {
      topic: gap.topic,
      partition: String(gap.partition),
      offset_from: String(gap.from),
      offset_to: String(gap.to),
    });
  }

  #createCopier(searchCopy: SearchCopyOptions): Copier {
    const { directory, log } = this.#options;
    const onMismatch = (mismatch: Mismatch): void => {
      log.error('the search copy is not what the ledger has', { ...mismatch });
      this.#background.run(() => this.#logMismatch(mismatch));
    };
    return new Copier({ ...searchCopy, directory, log, onMismatch });
  }

  async #logMismatch({ log, index_first, index_next, missing, changed }: Mismatch): Promise<void> {
    const prefix = parseLogName(log)?.prefix ?? '';
    const own = await this.#logs.of(tenantOf(prefix) ?? this.#options.tenant);
    await own.addOwn('copy.mismatch', 'failure', {
      log,
      index_first: String(index_first),
      index_next: String(index_next),
      missing: String(missing),
      changed: String(changed),
    });
  }

  /** The search copy may lag behind for as long as the search engine is away: the ledger goes on. */
  async #copying(task: () => Promise<void>): Promise<void> {
    try {
      await this.#copies.run(task);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      this.#options.log.warn('the search copy has to wait', { reason: String(error) });
    }
  }
}

/** What a message is for the ledger, by the topic that it came from; undefined when it gets no leaf of its own. */
function contentOf(record: StreamRecord, secret: Buffer): ReceivedContent | undefined {
  const bytes = record.value ?? Buffer.alloc(0);
  if (record.topic === auditTopic) {
    const decoded = decodeRecord(record.value, (value) => codecs.auditRecord.decode(value));
    return decoded.kind === 'value'
      ? { kind: 'record', record: withoutNames(decoded.value, secret) }
      : { kind: 'malformed', bytes };
  }
  const derived = record.topic === 'signals' ? detectionOf(record, secret) : decisionOf(record, secret);
  if (derived.kind === 'reject') return { kind: 'malformed', bytes };
  return derived.value === undefined ? undefined : { kind: 'derived', record: derived.value };
}
