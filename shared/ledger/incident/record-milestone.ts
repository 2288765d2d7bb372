import { randomBytes } from 'node:crypto';
import type { Clock } from '#shared/clock/clock.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { leafPseudonym } from '../pseudonym.ts';
import { recordSigned } from '../signed-leaf.ts';
import type { MilestoneOrder } from './milestones.ts';

export interface MilestonePorts {
  /** The ledger directory. */
  readonly directory: string;
  readonly trail: AuditTrail;
  readonly bodySecret: Buffer;
  readonly clock: Clock;
  readonly signed_ms_max?: number | undefined;
}

/**
 * Leaves what somebody says of an incident: when the organisation became aware of it, classified it, or sent a report.
 * @throws BW_AUDIT_UNSIGNED while the auditor is down.
 */
export async function recordMilestone(
  { directory, trail, bodySecret, clock, signed_ms_max }: MilestonePorts,
  tenant: string,
  incident: string,
  { milestone, regime, at, note }: MilestoneOrder,
  who: string,
): Promise<void> {
  const now_ms = clock.now_ms();
  const at_us = String(BigInt(at === undefined ? now_ms : Date.parse(at)) * 1000n);
  const facts = { incident, milestone, at_us, mark: randomBytes(8).toString('hex') };
  const entry = {
    tenant,
    type: 'incident.milestone',
    time_ns: BigInt(now_ms) * 1_000_000n,
    outcome: 'success',
    facts: {
      ...facts,
      ...(regime === undefined ? {} : { regime }),
      actor: leafPseudonym(bodySecret, tenant, who),
    },
    body: JSON.stringify({ who, note }),
  } as const;
  await recordSigned(directory, trail, entry, 'mark', signed_ms_max);
}
