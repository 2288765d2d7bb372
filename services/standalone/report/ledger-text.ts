import type { LedgerCheck } from './ledger.ts';

/** One line a log: verified, or what is wrong. */
export function ledgerLines(checks: readonly LedgerCheck[]): readonly string[] {
  return checks.map(({ log, leaves, root, findings }) =>
    findings.length === 0
      ? `${log}: ${leaves.toLocaleString('en')} leaves, checkpoint verified, root ${root ?? ''}`
      : `${log}: NOT VALID: ${findings.join('; ')}`,
  );
}
