import { isRetriable } from '#shared/errors/error.ts';
import type { StreamReader } from '#shared/kafka/port.ts';
import type { Service } from '#shared/service/service.ts';
import { Alarms } from './alarms.ts';
import { Anchor } from './anchor.ts';
import type { AuditorOptions } from './auditor-options.ts';
import { Background } from './background.ts';
import { compareClock } from './clock-check.ts';
import { takeIn } from './intake.ts';
import { auditTopic } from './received-record.ts';
import { SearchCopy } from './search-copy/search-copy.ts';
import { SelfCheck } from './self-check.ts';
import { keySourceOf } from './shards.ts';
import type { PublishedHead } from './tenant-log.ts';
import { type CommonOptions, TenantLogs } from './tenant-logs.ts';
import { Upkeep } from './upkeep.ts';

/** Time between two looks for logs that have grown. */
const anchor_interval_ms = 1_000;

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
  readonly #alarms: Alarms;
  #anchor: Anchor | undefined;
  readonly #reader: StreamReader;
  readonly #copy: SearchCopy | undefined;
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
    this.#alarms = new Alarms(this.#logs, options);
    this.#reader = options.stream.reader({
      group: 'breakwater-auditor',
      topics,
      batch_records_max,
      // Nobody waits for a leaf but for its signature, twice a second; each batch costs several writes to the disk.
      patient: true,
      commit: 'handled',
      onGap: (gap) => this.#background.run(() => this.#alarms.gap(gap)),
      onRevoked: (revoked) => this.#background.run(() => this.#logs.release(revoked)),
    });
    this.#copy =
      options.searchCopy &&
      new SearchCopy({
        ...options.searchCopy,
        directory: options.directory,
        log: options.log,
        onMismatch: (mismatch) => this.#background.run(() => this.#alarms.mismatch(mismatch)),
      });
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
    this.#copy?.startIn(this.#background);
    this.#startUpkeep();
    await this.#reader.start((batch) =>
      this.#background.noticing(() => takeIn(batch, this.#logs, this.#options)),
    );
  }

  async lag(): Promise<bigint> {
    return (await this.#reader.lag()) + BigInt(this.#copy?.lag() ?? 0);
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
    this.#background.every(self_check_interval_ms, async () => {
      for (const damage of check.look()) await this.#alarms.damage(damage);
    });
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

  async #publish(): Promise<void> {
    for (const log of await this.#logs.all()) await log.publish();
  }

  async #heartbeat(): Promise<void> {
    const { time_server, clock, log, telemetry } = this.#options;
    const clockFacts = await compareClock({ time_server, clock, log, telemetry });
    for (const each of await this.#logs.all()) await each.heartbeat(clockFacts);
    await this.#anchor?.heartbeat(clockFacts);
  }
}
