import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { hasErrors, type Problem, problemText } from '#shared/sigma/problem.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { conversionGaps } from '#shared/sigma/testing/convert-check.ts';
import { coverageOf, coverageTable, navigatorLayer } from '#shared/sigma/testing/coverage.ts';
import { runRuleTests } from '#shared/sigma/testing/run-tests.ts';
import { explainOn } from '../rules/explain-event.ts';
import { eventModel } from '../rules/event-model.ts';
import { failureText, ruleLine } from '../rules/report.ts';

const rulesFolder = join(import.meta.dirname, '../../../rules');

/** `breakwater rules …`: lint, list, explain, test and try Sigma rules. */
export function rulesCommand(): Command {
  const command = new Command('rules').description('lint, test and explain Sigma rules');
  command
    .command('lint')
    .description('say what is wrong in rule files; exit status 1 when the set would be refused')
    .argument('[paths...]', 'files or folders', [rulesFolder])
    .option('--errors', 'leave out warnings', false)
    .option('--json', 'one JSON object a line', false)
    .action(lint);
  command
    .command('list')
    .description('one line a rule: id, level, log source, title')
    .argument('[paths...]', 'files or folders', [rulesFolder])
    .option('--json', 'one JSON object a line', false)
    .action(list);
  command
    .command('explain')
    .description('say why a rule matches an event, or the first thing because of which it does not')
    .argument('<rule>', 'id, name or file of the rule')
    .argument('<event>', 'file with one event as JSON, or - for standard input')
    .option('-r, --rules <folder>', 'where the rule is', rulesFolder)
    .option('--json', 'as JSON', false)
    .action(explain);
  command
    .command('test')
    .description('run the tests that rules carry; show which ATT&CK techniques are covered')
    .argument('[paths...]', 'files or folders', [rulesFolder])
    .option('--navigator <file>', 'write the coverage as a layer for the ATT&CK Navigator')
    .option('--coverage', 'show the coverage by technique', false)
    .action(test);
  command
    .command('convert-check')
    .description('say which rules can never fire on our events: their log source or fields are not mapped')
    .argument('[paths...]', 'files or folders, with the pipelines that map them', [rulesFolder])
    .action(convertCheck);
  return command;
}

async function lint(paths: string[], options: { errors: boolean; json: boolean }): Promise<void> {
  const { problems, kind } = await loadRuleSet(paths);
  const shown = problems.filter((problem) => !options.errors || problem.severity === 'error');
  for (const problem of shown) console.log(options.json ? JSON.stringify(problem) : problemText(problem));
  if (!options.json) console.log(summary(problems));
  if (kind === 'refused') process.exitCode = 1;
}

function summary(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const verdict = hasErrors(problems) ? 'the set is refused' : 'the set can be used';
  return `${errors} errors, ${problems.length - errors} warnings: ${verdict}`;
}

async function list(paths: string[], options: { json: boolean }): Promise<void> {
  const set = await usableSet(paths);
  for (const document of [...set.rules.map(({ rule }) => rule), ...set.correlations]) {
    console.log(options.json ? JSON.stringify(jsonLine(document, set)) : ruleLine(document));
  }
}

type Listed = RuleSet['rules'][number]['rule'] | RuleSet['correlations'][number];

function jsonLine(document: Listed, set: RuleSet): object {
  const { id, title, level, kind, techniques, at } = document;
  return { id, title, level, kind, techniques, file: at.file, sha256: set.hashes.get(id) };
}

async function explain(
  rule: string,
  event: string,
  options: { rules: string; json: boolean },
): Promise<void> {
  console.log(await explainOn(rule, event, options));
}

async function test(paths: string[], options: { navigator?: string; coverage: boolean }): Promise<void> {
  const set = await usableSet(paths);
  const outcomes = runRuleTests(set);
  const failures = outcomes.filter(({ passed }) => !passed);
  for (const failure of failures) console.log(failureText(failure));
  const coverage = coverageOf(set);
  if (options.coverage) console.log(coverageTable(coverage));
  if (options.navigator !== undefined) {
    await writeFile(options.navigator, `${JSON.stringify(navigatorLayer(coverage), undefined, 2)}\n`);
  }
  console.log(`${outcomes.length} tests, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}

async function convertCheck(paths: string[]): Promise<void> {
  const set = await usableSet(paths);
  const gaps = conversionGaps(set, eventModel);
  for (const { file, title, unreachable_logsource, unknown_fields } of gaps) {
    const source = unreachable_logsource === undefined ? [] : [`no events from ${unreachable_logsource}`];
    const fields = unknown_fields.length === 0 ? [] : [`no events have ${unknown_fields.join(', ')}`];
    console.log(`${file}: ${title}: ${[...source, ...fields].join('; ')}`);
  }
  console.log(`${set.rules.length} rules, ${gaps.length} cannot fire on our events`);
}

async function usableSet(paths: string | readonly string[]): Promise<RuleSet> {
  const result = await loadRuleSet(paths);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set;
}
