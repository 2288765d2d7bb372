import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '#shared/clock/clock.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Stream, StreamBatch, StreamReader, StreamWriter, TopicPartition } from '#shared/kafka/port.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { batchEntry } from '#shared/service/batch-audit.ts';
import { tallyOf } from '#shared/service/conservation.ts';
import { Gaps } from '#shared/service/gaps.ts';
import type { Service } from '#shared/service/service.ts';
import { createStageRetry, type StageRetry } from '#shared/service/stage-retry.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { countOutcomes, deadLettersOf, outcomesOf, reportShed } from './accounting.ts';
import type { Checkpoint, CheckpointStore } from './checkpoint/port.ts';
import type { ScopeFold } from './core/fold.ts';
import { inputTopics, readInputs } from './inputs.ts';
import { openPartitions } from './opening.ts';
import { judgementEntries, outputTopic, recordsOf, stepEntries } from './outputs.ts';
import { isCaughtUp, type Running, type Waiting } from './running.ts';
import type { ShardOptions } from './shard.ts';

export interface CorrelatorPorts {
  readonly stream: Stream;
  readonly writer: StreamWriter;
  /** Without it a restart reads all signals again. */
  readonly checkpoints?: CheckpointStore | undefined;
  readonly audit: AuditTrail;
  /** The tenant of audit records. */
  readonly scope: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Log;
  /** Time between two looks at what was taken: what an incident costs to write is bounded by it. */
  readonly tick_ms?: number | undefined;
  readonly checkpoint_interval_ms?: number | undefined;
  /** Is given the last state of each partition, for questions that are asked later. */
  readonly onStopped?: ((state: Checkpoint) => Promise<void>) | undefined;
}

/** Longest wait before another look at what has come. */
const rest_ms_max = 20;
const group = 'breakwater-correlator';
const batch_records_max = 5000;
/** Records of one call of the writer. */
const send_records_max = 2000;
const checkpoint_interval_ms_default = 30_000;

/** The service around the folds: reads, applies, writes, saves. */
export class Correlator implements Service {
  readonly name = 'correlator';
  readonly #ports: CorrelatorPorts;
  readonly #shardOptions: Omit<ShardOptions, 'partition'>;
  readonly #reader: StreamReader;
  readonly #running = new Map<number, Running>();
  readonly #stopping = new AbortController();
  readonly #broken = Promise.withResolvers<never>();
  readonly #gaps: Gaps;
  readonly #retry: StageRetry;
  #openings = 0;

  constructor(ports: CorrelatorPorts, shardOptions: Omit<ShardOptions, 'partition'>) {
    this.#ports = ports;
    this.#gaps = new Gaps(ports);
    this.#retry = createStageRetry({ ...ports, signal: this.#stopping.signal });
    this.#shardOptions = shardOptions;
    this.#reader = ports.stream.reader({
      group,
      topics: inputTopics,
      batch_records_max,
      commit: 'manual',
      positions: (assigned) => this.#open(assigned),
      onGap: (gap) => this.#gaps.report(gap),
      onRevoked: (revoked) => {
        for (const { partition } of revoked) this.#running.delete(partition);
      },
    });
    // Whoever waits for `failed` hears of it; nobody has to.
    this.#broken.promise.catch(() => undefined);
  }

  get failed(): Promise<never> {
    return Promise.race([this.#reader.failed, this.#broken.promise]);
  }

  async start(): Promise<void> {
    await this.#reader.start((batch) => this.#handle(batch));
    // Nothing may be left to read: what a restart has to correct is written all the same.
    await Promise.all([...this.#running.values()].map((running) => this.#work(running)));
  }

  /** The scopes of the partitions that this member has, for questions only. */
  folds(): readonly ScopeFold[] {
    return [...this.#running.values()].flatMap(({ shard }) => [...shard.folds()]);
  }

  async lag(): Promise<bigint> {
    const waiting = [...this.#running.values()].filter(({ working }) => working !== undefined).length;
    return (await this.#reader.lag()) + BigInt(waiting);
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const running = [...this.#running.values()];
    await this.#reader.stop();
    await Promise.all(running.flatMap(({ working }) => working ?? []));
    for (const one of running.filter(({ broken }) => !broken)) {
      await this.#save(one);
      await this.#ports.onStopped?.(one.shard.save(0n, { correlations: false }));
    }
    this.#stopping.abort();
  }

  /** Makes the shards of partitions that are new to this member, and says where each topic is to be read from. */
  async #open(
    assigned: readonly TopicPartition[],
  ): Promise<readonly (TopicPartition & { offset: bigint })[]> {
    this.#openings += 1;
    const recovery_group = `${group}-recovery-${this.#ports.clock.now_ms()}-${this.#openings}`;
    const opened = await openPartitions(assigned, this.#ports, this.#shardOptions, recovery_group);
    for (const running of opened) this.#running.set(running.partition, running);
    return assigned.map(({ topic, partition }) => ({
      topic,
      partition,
      offset: this.#running.get(partition)?.shard.readFrom(topic) ?? 0n,
    }));
  }

  /** Resolves when everything that came of the batch is written. */
  async #handle(batch: StreamBatch): Promise<void> {
    const running = this.#running.get(batch.partition);
    if (running === undefined) return;
    const { telemetry } = this.#ports;
    telemetry.recordsIn(batch.topic, batch.records.length, bytesOf(batch));
    const inputs = readInputs(batch);
    await new Promise<void>((done, failed) => {
      running.inbox.push({ batch, inputs, done, failed });
      void this.#work(running);
    });
  }

  /** Works off the inbox of a partition; one at a time. */
  #work(running: Running): Promise<void> {
    running.working ??= this.#workOff(running).finally(() => {
      running.working = undefined;
      // Something may have come after the last look.
      if (running.inbox.length > 0) void this.#work(running);
    });
    return running.working;
  }

  /** Takes what comes until nothing does, and shows what came of it, at most once a tick. */
  async #workOff(running: Running): Promise<void> {
    const taken: Waiting[] = [];
    try {
      while (true) {
        await setImmediate();
        taken.push(...running.inbox.splice(0));
        if (taken.length > 0) await this.#take(running, taken);
        for (const { done } of taken.splice(0)) done();
        if (!running.unshown) return;
        const wait_ms = running.shown_ms + (this.#ports.tick_ms ?? 0) - this.#ports.clock.now_ms();
        if (wait_ms <= 0) await this.#show(running);
        else if (running.inbox.length === 0) await this.#rest(wait_ms);
      }
    } catch (error) {
      running.broken = true;
      const waiting = [...taken, ...running.inbox.splice(0)];
      for (const { failed } of waiting) failed(error);
      // Nobody may be waiting: then the service fails by itself.
      if (waiting.length === 0) this.#broken.reject(error);
    }
  }

  /** Waits a little, so that what comes meanwhile is taken before the next look. */
  async #rest(wait_ms: number): Promise<void> {
    await setTimeout(Math.min(wait_ms, rest_ms_max), undefined, { signal: this.#stopping.signal }).catch(
      ignoreAbort,
    );
  }

  async #take(running: Running, waiting: readonly Waiting[]): Promise<void> {
    const { audit, clock, scope: tenant, telemetry, writer } = this.#ports;
    const started_ms = clock.now_ms();
    running.unshown = true;
    running.changed = true;
    const outcomes = running.shard.take(waiting);
    const tallies = waiting.map(({ inputs }, at) => tallyOf(outcomesOf(inputs, outcomes[at] ?? [])));
    const letters = waiting.flatMap(({ inputs }) => deadLettersOf(inputs));
    if (letters.length > 0) await this.#retry('send', () => writer.send(letters));
    const time_ns = BigInt(clock.now_ms()) * 1_000_000n;
    const entries = this.#gaps.takeEntries(tenant, time_ns);
    waiting.forEach(({ batch }, at) => {
      const tally = tallies[at];
      if (tally !== undefined) entries.push(batchEntry('batch.correlate', tenant, time_ns, batch, tally));
    });
    await this.#retry('audit', () => audit.record(entries));
    waiting.forEach(({ batch }, at) => {
      const tally = tallies[at];
      if (tally !== undefined) countOutcomes(telemetry, batch.topic, tally);
      telemetry.batchHandled(batch.topic, (clock.now_ms() - started_ms) / 1000);
    });
  }

  /** Joins what was taken, writes what came of it, and saves the state now and then. */
  async #show(running: Running): Promise<void> {
    const { audit, clock, scope: tenant, telemetry, writer } = this.#ports;
    running.shown_ms = clock.now_ms();
    running.unshown = false;
    const { catch_up, shard } = running;
    if (catch_up !== undefined && isCaughtUp(catch_up, shard)) {
      running.catch_up = undefined;
      shard.resync(catch_up.write_version);
    }
    const changes = running.shard.show();
    const outputs = changes.scopes.flatMap((one) => recordsOf(one.scope, one.changes, changes.write_version));
    for (let from = 0; from < outputs.length; from += send_records_max) {
      await this.#retry('send', () => writer.send(outputs.slice(from, from + send_records_max)));
    }
    if (outputs.length > 0) telemetry.recordsOut(outputTopic, outputs.length);
    const time_ns = BigInt(clock.now_ms()) * 1_000_000n;
    const steps = changes.scopes.flatMap((one) => [
      ...judgementEntries(tenant, one.scope, one.changes, time_ns),
      ...stepEntries(tenant, one.scope, one.changes, time_ns),
    ]);
    const entries = [...steps, ...reportShed(changes, this.#ports, tenant, time_ns)];
    for (let from = 0; from < entries.length; from += send_records_max) {
      const some = entries.slice(from, from + send_records_max);
      await this.#retry('audit', () => audit.record(some));
    }
    const interval_ms = this.#ports.checkpoint_interval_ms ?? checkpoint_interval_ms_default;
    if (this.#ports.checkpoints === undefined || clock.now_ms() - running.saved_ms >= interval_ms) {
      await this.#save(running);
    }
  }

  /** Saves state and positions as one, then commits. A failure costs time at the next restart, nothing else. */
  async #save(running: Running): Promise<void> {
    const { checkpoints, stream, clock, log, telemetry } = this.#ports;
    if (!running.changed || running.broken) return;
    const { partition, shard } = running;
    try {
      if (checkpoints !== undefined) {
        const outputs = await stream.offsets(outputTopic);
        const output_offset = outputs.find((one) => one.partition === partition)?.high ?? 0n;
        await checkpoints.save(shard.save(output_offset));
      }
      for (const topic of inputTopics) {
        await this.#reader.commit({ topic, partition, offset: shard.position(topic) });
      }
      running.changed = false;
    } catch (error) {
      if (!(error instanceof BreakwaterError)) throw error;
      telemetry.errorSeen(error.code, 'save');
      log.warn('a checkpoint was not saved', { partition, code: error.code, reason: error.message });
    }
    running.saved_ms = clock.now_ms();
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}

function bytesOf({ records }: StreamBatch): number {
  return records.reduce((total, { value }) => total + (value?.length ?? 0), 0);
}
