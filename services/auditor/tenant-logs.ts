import type { TopicPartition } from '#shared/kafka/port.ts';
import { listBoundLogs } from '#shared/ledger/writer/bound.ts';
import { logPrefix, parseLogName, shardOf, tenantOf } from '#shared/ledger/log-name.ts';
import { TenantLog } from './tenant-log.ts';
import type { TenantLogOptions } from './tenant-log-options.ts';

/** Logs open at once, each with three files; the one not written to for longest is closed when one more is needed. */
const logs_open_max = 512;

/** What all logs of an auditor share. */
export type CommonOptions = Omit<TenantLogOptions, 'tenant' | 'prefix'>;

/** The logs that this auditor has open, one a tenant, opened when first needed. */
export class TenantLogs {
  readonly #options: CommonOptions;
  /** Least recently used first. A log is a promise, so that two batches never open it twice. */
  readonly #open = new Map<string, Promise<TenantLog>>();
  /** Which partition a tenant's records come from. */
  readonly #partitions = new Map<string, number>();

  constructor(options: CommonOptions) {
    this.#options = options;
  }

  async of(tenant: string, partition?: number): Promise<TenantLog> {
    if (partition !== undefined) this.#partitions.set(tenant, partition);
    const opening =
      this.#open.get(tenant) ?? TenantLog.open({ ...this.#options, tenant, prefix: logPrefix(tenant) });
    this.#open.delete(tenant);
    this.#open.set(tenant, opening);
    try {
      const log = await opening;
      await this.#closeOldest();
      return log;
    } catch (error) {
      this.#open.delete(tenant);
      throw error;
    }
  }

  async all(): Promise<readonly TenantLog[]> {
    return Promise.all(this.#open.values());
  }

  /** Opens the logs of this quarter that exist, which publishes what a crash left bound but unsigned. */
  async openExisting(): Promise<void> {
    const shard = shardOf(this.#options.clock.now_ms());
    for (const log of listBoundLogs(this.#options.directory).map(parseLogName)) {
      const tenant = log?.shard === shard ? tenantOf(log.prefix) : undefined;
      if (tenant !== undefined && this.#open.size < logs_open_max) await this.of(tenant);
    }
  }

  /** Closes the logs of partitions that another auditor reads now. */
  async release(revoked: readonly TopicPartition[]): Promise<void> {
    const partitions = new Set(revoked.map(({ partition }) => partition));
    for (const tenant of this.#open.keys()) {
      const partition = this.#partitions.get(tenant);
      if (partition !== undefined && partitions.has(partition)) await this.#close(tenant);
    }
  }

  async close(): Promise<void> {
    for (const tenant of this.#open.keys()) await this.#close(tenant);
  }

  /** Closes without signing; after a failure. What was acknowledged is bound and will be signed by the next auditor. */
  async abandon(): Promise<void> {
    for (const log of await Promise.allSettled(this.#open.values())) {
      if (log.status === 'fulfilled') await log.value.abandon();
    }
    this.#open.clear();
  }

  async #closeOldest(): Promise<void> {
    const [oldest] = this.#open.keys();
    if (this.#open.size > logs_open_max && oldest !== undefined) await this.#close(oldest);
  }

  async #close(tenant: string): Promise<void> {
    const log = this.#open.get(tenant);
    this.#open.delete(tenant);
    await (await log)?.close();
  }
}
