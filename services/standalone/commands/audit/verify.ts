import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { softwareVersion } from '#shared/config/software-version.ts';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { verifyDerived } from '#shared/ledger/export/derived.ts';
import { type Checkpoint, openCheckpoint, parseCheckpointText } from '#shared/ledger/verify/checkpoint.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { parseVerifierKey, splitNote, type VerifierKey } from '#shared/ledger/verify/note.ts';
import { keyText } from './files.ts';
import { printReports, type Report } from './report.ts';
import { LedgerCheck } from './verify-ledger.ts';

/** 0: all is as it was signed. 1: something is not. 2: nothing could be checked. */
const exit_status = { verified: 0, tampered: 1, unchecked: 2 } as const;

interface VerifyFlags {
  readonly key?: string;
  readonly witness: readonly string[];
  readonly quorum: number;
  readonly earlier: readonly string[];
  readonly minimumIndex?: number;
  readonly json: boolean;
}

/** `audit verify`: a ledger folder, the folder of one log, or an export bundle. */
export function verifyCommand(): Command {
  const list = (name: string, description: string): Option =>
    new Option(`${name} <value...>`, description).default([]);
  return new Command('verify')
    .description('check a ledger, one log of it, or an export bundle, with nothing but its files')
    .argument('<folder>', 'a ledger folder, the folder of one log, or an export bundle')
    .option(
      '-k, --key <vkey or file>',
      'the verifier key that you were given; without it the one in the folder is used',
    )
    .addOption(list('-w, --witness', 'verifier keys of witnesses that you trust'))
    .addOption(
      new Option('-q, --quorum <count>', 'how many witnesses must have cosigned')
        .argParser(Number)
        .default(0),
    )
    .addOption(
      list('-e, --earlier', 'checkpoints or export bundles that you kept: the log must have grown from them'),
    )
    .option(
      '--minimum-index <index>',
      'accept that a log is pruned to this leaf, when the leaf that says so is not at hand',
      Number,
    )
    .option('--json', 'print the findings as JSON', false)
    .addHelpText(
      'after',
      '\nExit status: 0 all is as it was signed, 1 something is not, 2 nothing could be checked.',
    )
    .action(async (folder: string, flags: VerifyFlags) => {
      process.exitCode = await verify(folder, flags);
    });
}

async function verify(folder: string, flags: VerifyFlags): Promise<number> {
  try {
    const isBundle = existsSync(join(folder, 'manifest.json'));
    const reports = isBundle ? [await verifyExport(folder, flags)] : verifyLedger(folder, flags);
    if (reports.length === 0) throw new Malformed(`there is no log in ${folder}`);
    printReports(reports, flags.json);
    return reports.every(({ findings }) => findings.length === 0)
      ? exit_status.verified
      : exit_status.tampered;
  } catch (error) {
    if (!(error instanceof Malformed) && !isFileError(error)) throw error;
    process.stderr.write(`nothing could be checked: ${error.message}\n`);
    return exit_status.unchecked;
  }
}

async function verifyExport(folder: string, flags: VerifyFlags): Promise<Report> {
  const report = verifyBundle(folder, {
    ...(flags.key === undefined ? {} : { exportKey: keyText(flags.key) }),
    witnesses: witnessKeys(flags),
    quorum: flags.quorum,
    earlier: flags.earlier.flatMap(keptCheckpoints),
  });
  const derived = report.manifest && (await verifyDerived(folder, report.manifest, softwareVersion()));
  const unchecked = (derived?.unchecked ?? []).map((what) => `not checked: ${what}`);
  const name = `export ${report.manifest?.id ?? folder}`;
  const about =
    report.manifest === undefined ? [] : [...describeExport(report.manifest, flags), ...unchecked];
  const findings = [...report.findings, ...(derived?.findings ?? [])];
  return { name, about, findings, losses: report.losses };
}

function describeExport(
  manifest: NonNullable<ReturnType<typeof verifyBundle>['manifest']>,
  flags: VerifyFlags,
): string[] {
  const records = Object.values(manifest.counts).reduce((total, count) => total + count, 0);
  const lines = [
    `${records} records of ${manifest.tenant}, asked for by ${manifest.requester} for: ${manifest.purpose}`,
    `asked for: ${manifest.filter_asked}`,
    ...manifest.logs.map(
      ({ log, range_first, range_next, matching }) =>
        `${log}: every leaf from ${range_first} to ${range_next - 1} is here, ${matching} match`,
    ),
  ];
  if (!manifest.witnessed) lines.push('not witnessed: the newest leaves rest on the word of the operator');
  if (flags.key === undefined)
    lines.push('keys from this bundle; compare keys/ with those that you were given');
  return lines;
}

function verifyLedger(folder: string, flags: VerifyFlags): Report[] {
  return new LedgerCheck(folder, {
    key: flags.key === undefined ? undefined : keyText(flags.key),
    witnesses: witnessKeys(flags),
    quorum: flags.quorum,
    kept: flags.earlier.flatMap(keptCheckpoints),
    minimum_index: flags.minimumIndex,
  }).reports();
}

/** The checkpoints in a file, or in an export bundle. Who signed them is compared by origin and root, not again. */
function keptCheckpoints(path: string): Checkpoint[] {
  const manifest = join(path, 'manifest.json');
  if (!existsSync(manifest)) return [parseCheckpointText(splitNote(readFileSync(path)).text)];
  return readdirSync(join(path, 'tlog')).map((log) => {
    const vkey = parseVerifierKey(keyText(join(path, 'keys', `${log}.vkey`)));
    return openCheckpoint(readFileSync(join(path, 'tlog', log, 'checkpoint')), vkey);
  });
}

function witnessKeys(flags: VerifyFlags): VerifierKey[] {
  return flags.witness.map((key) => parseVerifierKey(keyText(key)));
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
