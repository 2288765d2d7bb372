import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '#shared/ledger/verify/log.ts';

/** The result of verifying one log of a ledger, with nothing but its files. */
export interface LedgerCheck {
  readonly log: string;
  readonly leaves: number;
  /** Root hash, base64; absent when the checkpoint does not hold. */
  readonly root: string | undefined;
  readonly findings: readonly string[];
}

/** Verifies every log of a ledger folder. */
export function checkLedger(folder: string): readonly LedgerCheck[] {
  if (!existsSync(folder)) return [];
  const keys = readdirSync(folder).filter((name) => name.endsWith('.vkey'));
  return keys.toSorted().map((name) => {
    const log = name.slice(0, -'.vkey'.length);
    const { checkpoint, findings } = verifyLog(
      join(folder, log),
      readFileSync(join(folder, name), 'utf8').trim(),
    );
    return {
      log,
      leaves: Number(checkpoint?.size ?? 0),
      root: checkpoint === undefined ? undefined : checkpoint.root.toString('base64'),
      findings: findings.map(({ where, what }) => `${where}: ${what}`),
    };
  });
}
