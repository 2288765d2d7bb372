import { Command } from 'commander';
import { explainOn, type ExplainOptions } from '../../rules/explain-event.ts';
import { rulesFolder, usableSet } from './rule-files.ts';

interface Flags extends ExplainOptions {
  readonly rules: string;
}

/** `rules explain`: why a rule matches an event, or not. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('say why a rule matches an event, or the first thing because of which it does not')
    .argument('<rule>', 'id, name or file of the rule')
    .argument(
      '<event>',
      'file of events as Breakwater writes them (events.ndjson, or one as JSON); - reads standard input',
    )
    .option('-e, --event-id <id>', 'which event of the file (event.id); without it the first')
    .option('-r, --rules <folder>', 'where the rule is', rulesFolder)
    .option('--json', 'as JSON', false)
    .addHelpText('after', helpText)
    .action(explain);
}

const helpText = `
An event that says from which tool it comes (breakwater.family, breakwater.format) gets its own log source; any other is
taken to come from the log source of the rule.

Examples:
  breakwater replay --family runtime falco.log --out results
  breakwater rules explain my-rule.yml results/events.ndjson --rules my-rule.yml
  breakwater rules explain exec_by_account results/events.ndjson --event-id m0IkpoNILQ5C10asgYpA1A`;

async function explain(rule: string, event: string, flags: Flags): Promise<void> {
  console.log(await explainOn(await usableSet(flags.rules), rule, event, flags));
}
