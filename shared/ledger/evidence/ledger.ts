import { existsSync, readdirSync } from 'node:fs';
import { LeafChecker } from './leaves.ts';
import { type Finding, type LogReport, type VerifyLogOptions, verifyLog } from '../verify/log.ts';
import { readFile } from '../verify/tiles.ts';

export interface LedgerLogReport extends LogReport {
  readonly log: string;
  readonly vkey: string;
  /** Losses that the log itself tells of; they are no sign of tampering. */
  readonly losses: readonly string[];
}

/** The logs of a ledger directory: every `<log>.vkey` has a folder `<log>` beside it. */
export function listLogs(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.vkey'))
    .map((name) => name.slice(0, -'.vkey'.length))
    .sort();
}

/**
 * Checks one log of a ledger directory: its tree, then what its leaves say about one another. `vkey` is the key that
 * the reader trusts; without it the one in the directory is used, which proves nothing about who signed.
 */
export function verifyLedgerLog(
  directory: string,
  log: string,
  vkey: string | undefined,
  options: VerifyLogOptions = {},
): LedgerLogReport {
  const key = vkey ?? readFile(`${directory}/${log}.vkey`)?.toString().trim() ?? '';
  const leaves = new LeafChecker(log);
  const report = verifyLog(`${directory}/${log}`, key, {
    ...options,
    onEntry: (entry, index) => leaves.check(entry, index) ?? options.onEntry?.(entry, index),
  });
  const findings = [...report.findings, ...checkPrevious(directory, leaves.previous)];
  return { ...report, findings, log, vkey: key, losses: leaves.losses };
}

/** A log that continues another names its last root; when that log is at hand, it must be the one. */
function checkPrevious(directory: string, previous: LeafChecker['previous']): Finding[] {
  if (previous === undefined || !existsSync(`${directory}/${previous.log}/checkpoint`)) return [];
  const text = readFile(`${directory}/${previous.log}/checkpoint`)?.toString() ?? '';
  const [, size, root = ''] = text.split('\n');
  if (size === previous.size && Buffer.from(root, 'base64').toString('hex') === previous.root) return [];
  return [{ where: 'leaf 0', what: `does not continue the checkpoint of ${previous.log}` }];
}
