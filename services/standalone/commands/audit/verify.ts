import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { type LedgerLogReport, listLogs, verifyLedgerLog } from '#shared/ledger/evidence/ledger.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { keyText } from './files.ts';

/** 0: all is as it was signed. 1: something is not. 2: nothing could be checked. */
const exit_status = { verified: 0, tampered: 1, unchecked: 2 } as const;
/** Findings printed for a log; all of them are counted. */
const findings_shown_max = 20;

interface VerifyOptions {
  readonly key?: string;
  readonly witness: readonly string[];
  readonly quorum?: number;
  readonly earlier: readonly string[];
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  return new Command('verify')
    .description('check a ledger folder, or one log of it, with nothing but its files')
    .argument('<folder>', 'a ledger folder, or the folder of one log')
    .option(
      '-k, --key <vkey or file>',
      'the verifier key that you were given; without it the one in the folder is used',
    )
    .addOption(
      new Option('-w, --witness <vkey or file>', 'a witness that you trust').argParser(collect).default([]),
    )
    .addOption(new Option('-q, --quorum <count>', 'how many witnesses must have cosigned').argParser(Number))
    .addOption(
      new Option('-e, --earlier <file>', 'a checkpoint that you kept: the log must have grown from it')
        .argParser(collect)
        .default([]),
    )
    .option('--json', 'print the findings as JSON')
    .action((folder: string, options: VerifyOptions) => {
      process.exitCode = verify(folder, options);
    });
}

function verify(folder: string, options: VerifyOptions): number {
  let reports: LedgerLogReport[];
  try {
    reports = verifyAll(folder, options);
  } catch (error) {
    if (!(error instanceof Malformed) && !isFileError(error)) throw error;
    process.stderr.write(`nothing could be checked: ${error.message}\n`);
    return exit_status.unchecked;
  }
  if (reports.length === 0) {
    process.stderr.write(`nothing could be checked: there is no log in ${folder}\n`);
    return exit_status.unchecked;
  }
  process.stdout.write(
    options.json === true ? asJson(reports) : reports.map((each) => asText(each, options)).join('\n'),
  );
  return reports.every(({ findings }) => findings.length === 0) ? exit_status.verified : exit_status.tampered;
}

function verifyAll(folder: string, options: VerifyOptions): LedgerLogReport[] {
  const single = existsSync(join(folder, 'checkpoint'));
  const directory = single ? dirname(folder) : folder;
  const logs = single ? [basename(folder)] : listLogs(folder);
  const trusted = options.key === undefined ? undefined : keyText(options.key);
  const witnesses = options.witness.map((key) => parseVerifierKey(keyText(key)));
  return logs.map((log) => {
    const vkey = trusted ?? keyText(join(directory, `${log}.vkey`));
    const key = parseVerifierKey(vkey);
    const earlier = options.earlier.map((file) => openCheckpoint(readFileSync(file), key, witnesses));
    return verifyLedgerLog(directory, log, vkey, { witnesses, earlier, quorum: options.quorum ?? 0 });
  });
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function asText(report: LedgerLogReport, options: VerifyOptions): string {
  const { checkpoint, findings, losses, log, vkey } = report;
  const lines = [`${log}: ${findings.length === 0 ? 'verified' : `${findings.length} FINDINGS`}`];
  if (checkpoint !== undefined) {
    lines.push(`  ${checkpoint.size} leaves, root ${checkpoint.root.toString('base64')}`);
    for (const { key, time_s } of report.signatures) {
      const time = time_s === undefined ? '' : ` at ${new Date(Number(time_s) * 1000).toISOString()}`;
      lines.push(`  signed by ${key.name} (key ${key.id})${time}`);
    }
  }
  if (options.key === undefined)
    lines.push(`  key from this folder; compare it with the one you were given: ${vkey}`);
  for (const { where, what } of findings.slice(0, findings_shown_max))
    lines.push(`  WRONG  ${where}: ${what}`);
  if (findings.length > findings_shown_max)
    lines.push(`  … and ${findings.length - findings_shown_max} more`);
  for (const loss of losses.slice(0, findings_shown_max))
    lines.push(`  loss that the log itself reports: ${loss}`);
  return `${lines.join('\n')}\n`;
}

function asJson(reports: readonly LedgerLogReport[]): string {
  const plain = reports.map(({ log, vkey, checkpoint, findings, losses, signatures }) => ({
    log,
    key: vkey,
    size: checkpoint?.size,
    root: checkpoint?.root.toString('base64'),
    signatures: signatures.map(({ key, time_s }) => ({
      name: key.name,
      id: key.id,
      time_s: time_s?.toString(),
    })),
    findings,
    losses,
  }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}
