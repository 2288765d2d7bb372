import type { Clock } from '#shared/clock/clock.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { leafPseudonym } from '../pseudonym.ts';

/** What every change to the life of records needs. */
export interface LifecyclePorts {
  /** The ledger directory. */
  readonly directory: string;
  /** Each step is a leaf before it has an effect. */
  readonly trail: AuditTrail;
  readonly bodySecret: Buffer;
  readonly clock: Clock;
}

/** Leaves a record of a step; a person who took it is a pseudonym in the leaf, a name in the body. */
export async function leaveStep(
  { trail, bodySecret, clock }: LifecyclePorts,
  step: {
    readonly tenant: string;
    readonly type: string;
    readonly outcome?: 'success' | 'failure';
    readonly who: string;
    readonly facts: readonly Readonly<Record<string, string>>[];
    readonly body: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { tenant, type, outcome = 'success', who, facts, body } = step;
  const isService = who.startsWith('service:');
  const actor = isService ? who : leafPseudonym(bodySecret, tenant, who);
  const text = JSON.stringify(isService ? body : { who, ...body });
  await trail.record(
    facts.map((each) => ({
      tenant,
      type,
      time_ns: BigInt(clock.now_ms()) * 1_000_000n,
      outcome,
      facts: { actor, ...each },
      body: text === '{}' ? undefined : text,
    })),
  );
}
