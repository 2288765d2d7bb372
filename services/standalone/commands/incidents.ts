import { join } from 'node:path';
import { Command } from 'commander';
import { whyNotJson, whyNotText } from '../../correlator/core/explain/text.ts';
import { explainAcross } from '../../correlator/core/explain/why-not.ts';
import { readState, stateFile } from '../../correlator/state-file.ts';

interface ExplainFlags {
  readonly results: string;
  readonly json: boolean;
}

/** `breakwater incidents …`: questions about what a replay found. */
export function incidentsCommand(): Command {
  const command = new Command('incidents');
  command
    .command('explain')
    .description('say why two things are not in one incident, or that they are')
    .argument('<a>', 'id of a signal, an event or an incident')
    .argument('<b>', 'id of another one')
    .requiredOption('-r, --results <folder>', 'where `breakwater replay` wrote its results')
    .option('--json', 'print the explanation as JSON; times and durations are nanoseconds', false)
    .addHelpText(
      'after',
      `
Ids are event.id and signal.id in signals.ndjson, event.id in events.ndjson and timeline.ndjson, and incident.id.

Example:
  breakwater incidents explain 2nAJ0wYVZt8xTdE9 mJ0dRjY5SxK1a7Qe --results results`,
    )
    .action(explain);
  return command;
}

async function explain(a: string, b: string, { results, json }: ExplainFlags): Promise<void> {
  const why = explainAcross(await readState(join(results, stateFile)), a, b);
  const text = json ? whyNotJson(why, 2) : whyNotText(why).join('\n');
  process.stdout.write(`${text}\n`);
}
