import { z } from 'zod';

const digits = z.string().regex(/^\d+$/);
const totalsSchema = z.strictObject({
  types: z.record(z.string(), digits),
  stages: z.record(z.string(), z.record(z.string(), digits)),
});

/** Types and stages that are counted apart; what comes beyond them is counted as `other`. */
const names_max = 48;
/** The parts of a stage's equation: records = ok + duplicate + every drop + every reject. */
const stageFact = /^(?:records|ok|duplicate|(?:drop|reject)\..+)$/;

/**
 * What a log holds since it began: leaves by type, and for each stage the sum over its batch leaves. Written into the
 * log now and then, so that a filtered export can be reconciled with it.
 */
export class RunningTotals {
  readonly #types = new Map<string, bigint>();
  readonly #stages = new Map<string, Map<string, bigint>>();

  add(type: string, facts: Readonly<Record<string, string>>): void {
    increase(this.#types, type, 1n);
    if (!type.startsWith('batch.')) return;
    const known = this.#stages.has(type) || this.#stages.size < names_max;
    const stage = known ? type : 'other';
    const sums = this.#stages.get(stage) ?? new Map<string, bigint>();
    this.#stages.set(stage, sums);
    increase(sums, 'batches', 1n);
    for (const [fact, value] of Object.entries(facts)) {
      if (stageFact.test(fact) && /^\d{1,18}$/.test(value)) increase(sums, fact, BigInt(value));
    }
  }

  /** Leaves of each type, as the facts `count.<type>`. */
  typeFacts(): Record<string, string> {
    return Object.fromEntries([...this.#types].map(([type, total]) => [`count.${type}`, String(total)]));
  }

  /** One set of facts for each stage. */
  stageFacts(): Record<string, string>[] {
    return [...this.#stages].map(([stage, sums]) => ({ stage, ...texts(sums) }));
  }

  toJson(): z.infer<typeof totalsSchema> {
    return {
      types: texts(this.#types),
      stages: Object.fromEntries([...this.#stages].map(([stage, sums]) => [stage, texts(sums)])),
    };
  }

  static fromJson(json: unknown): RunningTotals {
    const totals = new RunningTotals();
    const { types, stages } = totalsSchema.parse(json);
    for (const [type, total] of Object.entries(types)) totals.#types.set(type, BigInt(total));
    for (const [stage, sums] of Object.entries(stages)) {
      totals.#stages.set(stage, new Map(Object.entries(sums).map(([fact, sum]) => [fact, BigInt(sum)])));
    }
    return totals;
  }
}

function increase(sums: Map<string, bigint>, key: string, by: bigint): void {
  const bounded = sums.has(key) || sums.size < names_max ? key : 'other';
  sums.set(bounded, (sums.get(bounded) ?? 0n) + by);
}

function texts(sums: ReadonlyMap<string, bigint>): Record<string, string> {
  return Object.fromEntries([...sums].map(([key, sum]) => [key, String(sum)]));
}
