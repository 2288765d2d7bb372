import { existsSync, readdirSync } from 'node:fs';
import type { Rotation } from '../verify/key-chain.ts';
import { LeafChecker } from './leaves.ts';
import type { LifecycleChecker } from './lifecycle.ts';
import { minimumIndexOf } from './minimum-index.ts';
import { RotationChecker } from './rotations.ts';
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

export interface LedgerOptions extends VerifyLogOptions {
  /** What all logs of the ledger say about the end of records. */
  readonly lifecycle?: LifecycleChecker;
  /** Rotations of the signing key. */
  readonly rotations?: readonly Rotation[];
}

/**
 * Checks one log of a ledger directory: its tree, then what its leaves say about one another. `vkey` is the key that
 * the reader trusts; without it the one in the directory is used, which proves nothing about who signed.
 */
export function verifyLedgerLog(
  directory: string,
  log: string,
  vkey: string | undefined,
  { lifecycle, rotations = [], ...options }: LedgerOptions = {},
): LedgerLogReport {
  const key = vkey ?? readFile(`${directory}/${log}.vkey`)?.toString().trim() ?? '';
  const signing = new RotationChecker(rotations);
  const leaves = new LeafChecker(log, (leaf) => {
    signing.note(leaf);
    return lifecycle?.note(log, leaf);
  });
  const report = verifyLog(`${directory}/${log}`, key, {
    minimum_index: minimumIndexOf(directory, log),
    ...options,
    onEntry: (entry, index) => leaves.check(entry, index) ?? options.onEntry?.(entry, index),
  });
  const findings = [
    ...report.findings,
    ...checkPrevious(directory, leaves.previous),
    ...signing
      .findings(report.signatures.map((signature) => signature.key))
      .map((what) => ({ where: 'checkpoint', what })),
  ];
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
