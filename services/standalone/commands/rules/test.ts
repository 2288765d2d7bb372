import { writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { coverageOf, coverageTable, navigatorLayer } from '#shared/sigma/testing/coverage.ts';
import { runRuleTests } from '#shared/sigma/testing/run-tests.ts';
import { failureText } from '../../rules/report.ts';
import { pathsArgument, usableSet } from './rule-files.ts';

interface Flags {
  readonly navigator?: string;
  readonly coverage: boolean;
}

/** `rules test`: the tests that rules carry. */
export function testCommand(): Command {
  return new Command('test')
    .description('run the tests that rules carry; show which ATT&CK techniques are covered')
    .addArgument(pathsArgument(new Argument('[paths...]', 'files or folders')))
    .option('--coverage', 'show the coverage by technique', false)
    .option('--navigator <file>', 'write the coverage as a layer for the ATT&CK Navigator')
    .addHelpText('after', helpText)
    .action(test);
}

const helpText = `
A test stands in the rule, under breakwater.tests: a name, an event (or, for a correlation, events with "@timestamp"),
and matches: true or false. Exit status: 0 all pass, 1 one fails or the rules are refused.`;

async function test(paths: readonly string[], flags: Flags): Promise<void> {
  const set = await usableSet(paths);
  const outcomes = runRuleTests(set);
  const failures = outcomes.filter(({ passed }) => !passed);
  for (const failure of failures) console.log(failureText(failure));
  const coverage = coverageOf(set);
  if (flags.coverage) console.log(coverageTable(coverage));
  if (flags.navigator !== undefined) {
    await writeFile(flags.navigator, `${JSON.stringify(navigatorLayer(coverage), undefined, 2)}\n`);
  }
  console.log(`${outcomes.length} tests, ${failures.length} failed${untestedText(set)}`);
  if (failures.length > 0) process.exitCode = 1;
}

function untestedText(set: RuleSet): string {
  const untested = [...set.rules.map(({ rule }) => rule), ...set.correlations].filter(
    ({ extension }) => extension.tests.length === 0,
  );
  return untested.length === 0 ? '' : `; ${untested.length} rules have no test`;
}
