import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#shared/clock/clock.ts';
import { ErasureOrders } from '#shared/ledger/lifecycle/erasures.ts';
import { leaveStep, type LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { applyRetention, planRetention } from '#shared/ledger/lifecycle/retention.ts';
import type { RetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { tenantsOf } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { readIfPresent, replaceFile } from '#shared/ledger/writer/files.ts';
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

  /** Ends erasures that a crash interrupted, and notes the policy in force. */
  async resume(): Promise<void> {
    await new ErasureOrders(this.#ports).resume();
    await this.#notePolicy();
  }

  async run(): Promise<void> {
    const { directory, policy, log } = this.#options;
    await this.#notePolicy();
    for (const tenant of tenantsOf(directory)) {
      const plan = await planRetention(this.#ports, policy, tenant);
      await applyRetention(this.#ports, policy, plan);
      const bodies = plan.bodies.reduce((total, { indexes }) => total + indexes.length, 0);
      if (bodies > 0 || plan.prune.length > 0)
        log.info('what had passed its time is gone', { tenant, bodies, logs_pruned: plan.prune.length });
    }
  }

  /** The text of the policy becomes a leaf of each tenant before it is applied there. */
  async #notePolicy(): Promise<void> {
    const { directory, policy } = this.#options;
    const path = join(directory, '.retention-policy');
    const noted = notedSchema.parse(JSON.parse(readIfPresent(path)?.toString() ?? '{}'));
    for (const tenant of tenantsOf(directory)) {
      const previous_sha256 = noted[tenant];
      if (previous_sha256 === policy.sha256) continue;
      const facts = { name: 'retention', sha256: policy.sha256 };
      await leaveStep(this.#ports, {
        tenant,
        type: 'retention.changed',
        who: 'service:auditor',
        facts: [previous_sha256 === undefined ? facts : { ...facts, previous_sha256 }],
        body: { policy: policy.text },
      });
      noted[tenant] = policy.sha256;
      replaceFile(path, JSON.stringify(noted));
    }
  }
}

/** SHA-256 of the policy that was noted last, by tenant. */
const notedSchema = z.record(z.string(), z.string());
