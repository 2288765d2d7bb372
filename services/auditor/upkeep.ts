import type { Clock } from '#shared/clock/clock.ts';
import { ErasureOrders } from '#shared/ledger/lifecycle/erasures.ts';
import type { LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { applyRetention, planRetention } from '#shared/ledger/lifecycle/retention.ts';
import type { RetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { listLogs } from '#shared/ledger/evidence/ledger.ts';
import { parseLogName, tenantOf } from '#shared/ledger/log-name.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { TenantLogs } from './tenant-logs.ts';

export interface UpkeepOptions {
  /** The ledger directory. */
  readonly directory: string;
  readonly bodySecret: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  readonly logs: TenantLogs;
  readonly policy: RetentionPolicy;
}

/** Removes what has passed its time, tenant by tenant, each step as a leaf of the tenant's log. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #ports: LifecyclePorts;

  constructor(options: UpkeepOptions) {
    const { directory, bodySecret, clock, logs } = options;
    this.#options = options;
    const trail: LifecyclePorts['trail'] = {
      record: async (entries) => {
        for (const entry of entries) {
          const log = await logs.of(entry.tenant);
          await log.addEntry({ ...entry, body: entry.body === undefined ? null : Buffer.from(entry.body) });
        }
      },
    };
    this.#ports = { directory, trail, bodySecret, clock };
  }

  /** Ends erasures that a crash interrupted. */
  resume(): Promise<void> {
    return new ErasureOrders(this.#ports).resume();
  }

  async run(): Promise<void> {
    const { directory, policy, log } = this.#options;
    const tenants = listLogs(directory).flatMap((name) => {
      const prefix = parseLogName(name)?.prefix;
      return prefix === undefined ? [] : (tenantOf(prefix) ?? []);
    });
    for (const tenant of new Set(tenants)) {
      const plan = await planRetention(this.#ports, policy, tenant);
      await applyRetention(this.#ports, policy, plan);
      const bodies = plan.bodies.reduce((total, { indexes }) => total + indexes.length, 0);
      if (bodies > 0 || plan.prune.length > 0)
        log.info('what had passed its time is gone', { tenant, bodies, logs_pruned: plan.prune.length });
    }
  }
}
