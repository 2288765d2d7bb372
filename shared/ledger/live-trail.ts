import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';

/** How long the answer of one look at the ledger counts. */
const look_interval_ms = 1_000;

/**
 * An audit trail that refuses when nothing has signed the ledger in `directory` for longer than `silence_ms_max`: what
 * people do waits until it can be seen that it is written down. The pipeline itself goes on and its records wait.
 */
export function requireLiveLedger(
  trail: AuditTrail,
  directory: string,
  silence_ms_max: number,
  now_ms: () => number,
): AuditTrail {
  let looked_ms = Number.NEGATIVE_INFINITY;
  let signed_ms = Number.NEGATIVE_INFINITY;
  return {
    record: async (entries) => {
      if (now_ms() - looked_ms >= look_interval_ms || now_ms() - signed_ms > silence_ms_max) {
        looked_ms = now_ms();
        signed_ms = lastSigned_ms(directory);
      }
      if (now_ms() - signed_ms > silence_ms_max) {
        throw new BreakwaterError('BW_AUDIT_SILENT', 'The audit ledger has not been signed for too long', {
          directory,
          silence_ms_max,
        });
      }
      await trail.record(entries);
    },
  };
}

/** When any log of the ledger was signed last; an idle one is signed with each heartbeat. */
function lastSigned_ms(directory: string): number {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const times = names
    .filter((name) => name.endsWith('.vkey'))
    .map((name) => join(directory, name.slice(0, -'.vkey'.length), 'checkpoint'))
    .map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY);
  return Math.max(...times, Number.NEGATIVE_INFINITY);
}
