import { Argument, Command } from 'commander';
import { conversionGaps } from '#shared/sigma/testing/convert-check.ts';
import { eventModel } from '../../rules/event-model.ts';
import { gapText } from '../../rules/report.ts';
import { pathsArgument, usableSet } from './rule-files.ts';

/** `rules convert-check`: which rules no event of ours can reach. */
export function convertCheckCommand(): Command {
  return new Command('convert-check')
    .description('say which rules can never fire on our events: their log source or fields are not mapped')
    .addArgument(
      pathsArgument(new Argument('[paths...]', 'files or folders, with the pipelines that map them')),
    )
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', helpText)
    .action(convertCheck);
}

const helpText = `
Rules of others name fields in their own words: pipelines (pySigma processing pipelines, as in rules/pipelines) map them.
A rule may still match by a field that exists when another one does not. Exit status: 0, or 1 when the rules are refused.

Example:
  breakwater rules convert-check rules/pipelines sigmahq/rules/cloud sigmahq/rules/linux`;

async function convertCheck(paths: readonly string[], options: { readonly json: boolean }): Promise<void> {
  const set = await usableSet(paths);
  const gaps = conversionGaps(set, eventModel).toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (const gap of gaps) console.log(options.json ? JSON.stringify(gap) : gapText(gap));
  if (!options.json)
    console.log(`${set.rules.length} rules, ${gaps.length} cannot fire on our events as they stand`);
}
