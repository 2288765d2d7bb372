import { BodyStore } from '../bodies/body-store.ts';
import { minimumIndexOf } from '../evidence/minimum-index.ts';
import { formatRanges } from '../evidence/ranges.ts';
import { parseLogName, shardOf } from '../log-name.ts';
import { ranges_max } from '../records/fact.ts';
import { tile_width } from '../tile-path.ts';
import { readBound } from '../writer/bound.ts';
import { type Hold, holdOn, Holds } from './holds.ts';
import { leaveStep, type LifecyclePorts } from './ports.ts';
import { pruneLog, putAside_ms, removePruned } from './prune.ts';
import { classOf, type RetentionPolicy } from './retention-policy.ts';
import { leavesOfLog, logsOfTenant, publishedSize } from './tenant-leaves.ts';

const day_ms = 86_400_000;
/** Bodies destroyed in one pass; the next goes on. */
const bodies_max = 100_000;
const auditor = 'service:auditor';

/** Bodies of one class in one log whose time has passed. */
export interface ExpiredBodies {
  readonly log: string;
  readonly record_class: string;
  readonly indexes: number[];
}

/** What a retention pass would do, and what a legal hold keeps it from. */
export interface RetentionPlan {
  readonly tenant: string;
  readonly bodies: readonly ExpiredBodies[];
  /** Logs that can be pruned further than they are. */
  readonly prune: readonly { readonly log: string; readonly minimum_index: number }[];
  /** Bodies kept back, and logs not pruned further, by hold. */
  readonly held: readonly {
    readonly hold: string;
    readonly bodies: number;
    readonly logs: readonly string[];
  }[];
  /** Logs whose pruned files have been aside for long enough. */
  readonly remove: readonly string[];
}

/** Looks at all leaves of a tenant that may have passed their time; changes nothing. */
export function planRetention(
  ports: LifecyclePorts,
  policy: RetentionPolicy,
  tenant: string,
): Promise<RetentionPlan> {
  return new Planner(ports, policy, tenant).plan();
}

class Planner {
  readonly #ports: LifecyclePorts;
  readonly #policy: RetentionPolicy;
  readonly #tenant: string;
  readonly #holds: readonly Hold[];
  readonly #now_ms: number;
  readonly #bodies = new Map<string, ExpiredBodies>();
  readonly #held = new Map<string, { bodies: number; logs: Set<string> }>();
  #found = 0;

  constructor(ports: LifecyclePorts, policy: RetentionPolicy, tenant: string) {
    this.#ports = ports;
    this.#policy = policy;
    this.#tenant = tenant;
    this.#holds = new Holds(ports).heldOf(tenant);
    this.#now_ms = ports.clock.now_ms();
  }

  async plan(): Promise<RetentionPlan> {
    const { directory } = this.#ports;
    const prune: RetentionPlan['prune'][number][] = [];
    const logs = logsOfTenant(directory, this.#tenant);
    let mayPrune = true;
    for (const log of logs) {
      const end = await this.#walk(log);
      // Only from the oldest leaf on, and never the log that is written to.
      if (!mayPrune || parseLogName(log)?.shard === shardOf(this.#now_ms)) mayPrune = false;
      else {
        const minimum_index = end - (end % tile_width);
        if (minimum_index > minimumIndexOf(directory, log)) prune.push({ log, minimum_index });
        mayPrune = end === publishedSize(directory, log);
      }
    }
    const before_ms = this.#now_ms - this.#policy.pruned_grace_days * day_ms;
    return {
      tenant: this.#tenant,
      bodies: [...this.#bodies.values()],
      prune,
      held: [...this.#held].map(([hold, { bodies, logs: kept }]) => ({ hold, bodies, logs: [...kept] })),
      remove:
        this.#holds.length > 0
          ? []
          : logs.filter((log) => (putAside_ms(directory, log) ?? Number.POSITIVE_INFINITY) <= before_ms),
    };
  }

  /** Returns before which leaf all have passed their time. */
  async #walk(log: string): Promise<number> {
    const { directory } = this.#ports;
    const oldest_us = BigInt(this.#now_ms - this.#policy.shortest_days(this.#tenant) * day_ms) * 1000n;
    const bodies = new BodyStore(directory, log).bundleReader();
    let end = minimumIndexOf(directory, log);
    for await (const place of leavesOfLog(directory, log)) {
      const { index, leaf } = place;
      if (BigInt(leaf.received_us) >= oldest_us) break;
      const keep = this.#policy.keep(this.#tenant, classOf(leaf.type));
      const age_days = (this.#now_ms - Number(BigInt(leaf.received_us) / 1000n)) / day_ms;
      const hold = holdOn(this.#holds, place);
      const isKept = leaf.body && bodies(index, leaf.body.commitment)?.kind === 'sealed';
      if (isKept === true && age_days > keep.bodies_days) this.#noteBody(log, index, leaf.type, hold);
      if (end !== index || age_days <= keep.leaves_days) continue;
      if (hold === undefined) end = index + 1;
      else this.#heldBy(hold).logs.add(log);
    }
    return end;
  }

  #noteBody(log: string, index: number, type: string, hold: Hold | undefined): void {
    if (hold !== undefined) {
      this.#heldBy(hold).bodies += 1;
      return;
    }
    if (this.#found >= bodies_max) return;
    this.#found += 1;
    const record_class = classOf(type);
    const key = `${log} ${record_class}`;
    const expired = this.#bodies.get(key) ?? { log, record_class, indexes: [] };
    this.#bodies.set(key, expired);
    expired.indexes.push(index);
  }

  #heldBy({ id }: Hold): { bodies: number; logs: Set<string> } {
    const held = this.#held.get(id) ?? { bodies: 0, logs: new Set() };
    this.#held.set(id, held);
    return held;
  }
}

/** Does what a plan says; each step is a leaf first. */
export async function applyRetention(
  ports: LifecyclePorts,
  policy: RetentionPolicy,
  plan: RetentionPlan,
  who: string = auditor,
): Promise<void> {
  const { tenant } = plan;
  const policy_sha256 = policy.sha256;
  const leave = (type: string, facts: readonly Record<string, string>[]): Promise<void> =>
    leaveStep(ports, {
      tenant,
      type,
      outcome: type === 'hold.refused' ? 'failure' : 'success',
      who,
      facts: facts.map((each) => ({ ...each, policy_sha256 })),
      body: {},
    });
  const refusals = plan.held.flatMap(({ hold, bodies, logs }) => [
    ...(bodies > 0 ? [{ hold, action: 'retention', records: String(bodies) }] : []),
    ...logs.map((log) => ({ hold, action: 'prune', log })),
  ]);
  if (refusals.length > 0) await leave('hold.refused', refusals);
  await destroyBodies(ports, plan, leave);
  await prune(ports, plan, leave);
  for (const log of plan.remove) {
    await leave('retention.removed', [{ log }]);
    removePruned(ports.directory, log);
  }
}

type Leave = (type: string, facts: readonly Record<string, string>[]) => Promise<void>;

async function destroyBodies(
  { directory }: LifecyclePorts,
  plan: RetentionPlan,
  leave: Leave,
): Promise<void> {
  const steps = plan.bodies.flatMap(({ log, record_class, indexes }) =>
    formatRanges(indexes, ranges_max).map((leaves) => ({ log, record_class, leaves })),
  );
  if (steps.length > 0) await leave('retention.applied', steps);
  for (const { log, indexes } of plan.bodies)
    await new BodyStore(directory, log).erase(indexes, publishedSize(directory, log));
}

async function prune({ directory, clock }: LifecyclePorts, plan: RetentionPlan, leave: Leave): Promise<void> {
  if (plan.prune.length === 0) return;
  const further = new Map(plan.prune.map(({ log, minimum_index }) => [log, minimum_index]));
  // Logs that were pruned before are said again: the leaves that said so may be among those that go now.
  const all = logsOfTenant(directory, plan.tenant).flatMap((log) => {
    const minimum_index = further.get(log) ?? minimumIndexOf(directory, log);
    return minimum_index > 0 ? [{ log, minimum_index }] : [];
  });
  await leave(
    'retention.pruned',
    all.map(({ log, minimum_index }) => {
      const bound = readBound(directory, log);
      return {
        log,
        minimum_index: String(minimum_index),
        size: String(bound?.size ?? ''),
        root: bound?.root.toString('hex') ?? '',
      };
    }),
  );
  for (const { log, minimum_index } of plan.prune)
    await pruneLog(directory, log, minimum_index, clock.now_ms());
}
