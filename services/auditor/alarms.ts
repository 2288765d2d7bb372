import type { StreamGap } from '#shared/kafka/port.ts';
import { parseLogName, tenantOf } from '#shared/ledger/log-name.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { Mismatch } from './search-copy/copier.ts';
import type { Damage } from './self-check.ts';
import type { TenantLog } from './tenant-log.ts';
import type { TenantLogs } from './tenant-logs.ts';

export interface AlarmOptions {
  /** Whose log says what concerns no tenant. */
  readonly tenant: string;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

/** Tells of what went wrong with the audit trail: at once to whoever operates it, and in a leaf to whoever verifies it. */
export class Alarms {
  readonly #logs: TenantLogs;
  readonly #options: AlarmOptions;

  constructor(logs: TenantLogs, options: AlarmOptions) {
    this.#logs = logs;
    this.#options = options;
  }

  /** Records are gone from a topic that nobody had read. */
  async gap({ topic, partition, from, to }: StreamGap): Promise<void> {
    this.#options.telemetry.recordsLost(topic, Number(to - from));
    const own = await this.#logs.of(this.#options.tenant);
    await own.addOwn('audit.gap', 'failure', {
      topic,
      partition: String(partition),
      offset_from: String(from),
      offset_to: String(to),
    });
  }

  /** The ledger is not what was signed. */
  async damage({ log, index_first, index_next, what }: Damage): Promise<void> {
    this.#options.telemetry.errorSeen('BW_LEDGER_CORRUPT', 'self-check');
    this.#options.log.error('the ledger is not what was signed', { log, index_first, index_next, what });
    const own = await this.#logOf(log);
    await own.addOwn('ledger.mismatch', 'failure', {
      log,
      index_first: String(index_first),
      index_next: String(index_next),
    });
  }

  /** The search copy is not what the ledger has. */
  async mismatch(mismatch: Mismatch): Promise<void> {
    this.#options.log.error('the search copy is not what the ledger has', { ...mismatch });
    const { log, index_first, index_next, missing, changed } = mismatch;
    const own = await this.#logOf(log);
    await own.addOwn('copy.mismatch', 'failure', {
      log,
      index_first: String(index_first),
      index_next: String(index_next),
      missing: String(missing),
      changed: String(changed),
    });
  }

  /** The present log of the tenant whose log has this name. */
  #logOf(name: string): Promise<TenantLog> {
    const prefix = parseLogName(name)?.prefix;
    const tenant = prefix === undefined ? undefined : tenantOf(prefix);
    return this.#logs.of(tenant ?? this.#options.tenant);
  }
}
