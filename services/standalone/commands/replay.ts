import { existsSync, readdirSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { rulesFolder, scope } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import type { Family } from '#shared/avro/types.generated.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { families } from '../../../schemas/topics/topics.ts';
import { requireFiles } from '../replay/require-files.ts';
import { type ReplayResult, runReplay } from '../replay/run.ts';
import { describeReplay } from '../report/replay-text.ts';

interface ReplayFlags {
  readonly out: string;
  readonly family?: Family;
  readonly scope: string;
  readonly rules: string;
  readonly knownExploited?: string;
  readonly shuffle?: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** `breakwater replay FILE…`: files in; incidents, timeline, events, signals, dead letters and ledger out. */
export function replayCommand(): Command {
  const defaults = readConfig({ scope, rulesFolder }, process.env);
  return new Command('replay')
    .addArgument(new Argument('<file...>', 'recorded events; - reads standard input'))
    .requiredOption('-o, --out <folder>', 'where the results are written')
    .addOption(
      new Option(
        '-f, --family <family>',
        'read the files as a tool wrote them: a JSON document, NDJSON or log lines',
      ).choices(families),
    )
    .option('--scope <name>', 'tenant and cluster of the records', defaults.scope)
    .option('--rules <folder>', 'Sigma rules', defaults.rulesFolder)
    .option('--known-exploited <file>', "CISA's JSON catalogue of exploited vulnerabilities")
    .addOption(
      new Option('--shuffle <seed>', 'permute the records first: the incidents must not change').argParser(
        wholeNumber,
      ),
    )
    .option('--force', 'replace what an earlier replay wrote into the folder', false)
    .option('--json', 'print the summary as JSON', false)
    .addHelpText('after', helpText)
    .action(replay);
}

const helpText = `
Without --family each line is one recorded Kafka message:
  {"topic":"raw.runtime","key":null,"timestamp":1793606436000,"value":"<the record as the tool wrote it>"}

or one event of the events.ndjson of an earlier replay, whose original is read anew (it holds no inventory).

Written: events.ndjson signals.ndjson firings.ndjson (of correlation rules) incidents.ndjson timeline.ndjson
incident-changes.ndjson dlq.ndjson ledger/ correlator.state (for incidents explain)

Examples:
  breakwater replay stream.ndjson --out results
  breakwater replay --family runtime falco.log --out results
  kubectl get pods -A -o json | breakwater replay --family inventory - --out results`;

async function replay(files: readonly string[], flags: ReplayFlags): Promise<void> {
  requireFiles(files);
  if (!flags.force && holdsResults(flags.out)) {
    throw new BreakwaterError('BW_REPLAY_OUTPUT', `${flags.out} holds the results of an earlier replay`);
  }
  const rules = await readRuleFiles(flags.rules, { tests: false });
  const result = await runReplay({ files, ...flags, rules, known_exploited: flags.knownExploited });
  process.stdout.write(flags.json ? `${jsonSummary(result)}\n` : describeReplay(result));
}

function holdsResults(folder: string): boolean {
  return (
    existsSync(folder) && readdirSync(folder).some((name) => name === 'ledger' || name.endsWith('.ndjson'))
  );
}

function jsonSummary(result: ReplayResult): string {
  return JSON.stringify({ ...result, incidents: result.incidents.map(({ fields }) => fields) }, null, 2);
}

function wholeNumber(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError('a whole number');
  return seed;
}
