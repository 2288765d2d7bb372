import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Family } from '#shared/avro/types.generated.ts';
import { rulesFolder, scope } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { families } from '../../../../schemas/topics/topics.ts';
import { type Backtest, runBacktest } from '../../backtest/run.ts';
import { summary_file, writeBacktest } from '../../backtest/write.ts';
import { requireFiles } from '../../replay/require-files.ts';
import { describeBacktest, isUnchanged } from '../../report/backtest-text.ts';
import { readRules } from './rule-files.ts';

interface Flags {
  readonly against: readonly string[];
  readonly rules: string;
  readonly only: boolean;
  readonly family?: Family;
  readonly scope: string;
  readonly knownExploited?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly exitCode: boolean;
}

/** `breakwater rules backtest RULES --against FILE…` */
export function backtestCommand(): Command {
  const defaults = readConfig({ scope, rulesFolder }, process.env);
  return new Command('backtest')
    .description(
      'try rules beside the present ones on recorded events; show which signals and incidents change',
    )
    .argument('<paths...>', 'files or folders of rules on trial: same id replaces, another is added')
    .requiredOption('-a, --against <file...>', 'recorded events, oldest first; see below')
    .option('-r, --rules <folder>', 'the present rules', defaults.rulesFolder)
    .option('--only', 'the rules on trial instead of the present ones; their pipelines and lists stay', false)
    .addOption(new Option('-f, --family <family>', 'read the files as a tool wrote them').choices(families))
    .option('--scope <name>', 'tenant and cluster of records that name none', defaults.scope)
    .option('--known-exploited <file>', "CISA's JSON catalogue of exploited vulnerabilities")
    .option('-o, --out <folder>', 'write the full lists, and all that both runs wrote, into a folder')
    .option('--force', 'replace an earlier backtest in that folder', false)
    .option('--json', 'print JSON instead of text', false)
    .option('--exit-code', 'exit status 3 when any signal or incident changes', false)
    .addHelpText('after', helpText)
    .action(backtest);
}

const helpText = `
The files of --against, each of one of these kinds:
  events.ndjson of a replay    the originals in it are read anew; it holds no inventory, so add that of your cluster
  a recorded stream            {"topic":"raw.runtime","key":null,"timestamp":1793606436000,"value":"…"} a line
  a tool's own file            with --family: a JSON document, NDJSON or log lines

Both sets go through the whole pipeline of \`breakwater replay\`, one after the other. "A day" is the noise to expect:
signals for every 24 hours in which events were recorded.

Written with --out: backtest.json rules.ndjson signals.ndjson incidents.ndjson, present/ and candidate/ (see replay).
Exit status: 0 compared, 1 not possible (a rule is refused, a file is missing), 3 with --exit-code when something changes.

Examples:
  breakwater rules backtest my-rule.yml --against results/events.ndjson
  breakwater rules backtest ../branch/rules --only --against stream.ndjson --out trial
  breakwater rules backtest my-rules --against falco.log --family runtime --exit-code`;

async function backtest(paths: readonly string[], flags: Flags): Promise<void> {
  requireFiles(flags.against);
  if (flags.against.includes('-'))
    throw new BreakwaterError(
      'BW_REPLAY_INPUT',
      'the events are read twice, standard input only once: name a file',
    );
  const reading = { tests: false };
  const present = await readRules(flags.rules, reading);
  const candidate = await readRules(paths, reading);
  const out =
    flags.out === undefined ? mkdtempSync(join(tmpdir(), 'backtest-')) : emptied(flags.out, flags.force);
  try {
    const result = await runBacktest({
      ...flags,
      files: flags.against,
      known_exploited: flags.knownExploited,
      present,
      candidate,
      out,
    });
    if (flags.out !== undefined) writeBacktest(out, result);
    process.stdout.write(flags.json ? `${jsonText(result)}\n` : describeBacktest(result));
    if (flags.out !== undefined && !flags.json) process.stdout.write(`written to ${flags.out}\n`);
    if (flags.exitCode && !isUnchanged(result)) process.exitCode = 3;
  } finally {
    if (flags.out === undefined) rmSync(out, { recursive: true, force: true });
  }
}

function emptied(folder: string, force: boolean): string {
  if (!force && existsSync(join(folder, summary_file)))
    throw new BreakwaterError('BW_REPLAY_OUTPUT', `${folder} holds the results of an earlier backtest`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Signals in printed JSON; --out has all. */
const signals_printed_max = 100;

function jsonText({ signal_changes, ...result }: Backtest): string {
  const signals_left_out = Math.max(0, signal_changes.length - signals_printed_max);
  const shown = { ...result, signal_changes: signal_changes.slice(0, signals_printed_max), signals_left_out };
  return JSON.stringify(shown, undefined, 2);
}
