import { Argument, Command } from 'commander';
import { type Problem, problemText } from '#shared/sigma/problem.ts';
import type { RuleSetResult } from '#shared/sigma/set/rule-set.ts';
import { loadRules, pathsArgument } from './rule-files.ts';

/** `rules lint`: what is wrong, with place and suggestion. */
export function lintCommand(): Command {
  return new Command('lint')
    .description('say what is wrong in rule files, with line, column and what may be meant')
    .addArgument(pathsArgument(new Argument('[paths...]', 'files or folders')))
    .option('--errors', 'leave out warnings', false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', helpText)
    .action(lint);
}

const helpText = `
All paths make one set, and one error refuses the set. Correlations and filters need the rules that they name: give the
folder of those too. Exit status: 0 the set can be used, 1 it is refused.

Examples:
  breakwater rules lint my-rule.yml
  breakwater rules lint rules my-rules --errors`;

async function lint(
  paths: readonly string[],
  options: { readonly errors: boolean; readonly json: boolean },
): Promise<void> {
  const result = await loadRules(paths);
  const shown = result.problems.filter((problem) => !options.errors || problem.severity === 'error');
  for (const problem of shown) console.log(options.json ? JSON.stringify(problem) : problemText(problem));
  if (!options.json) console.log(summary(result));
  if (result.kind === 'refused') process.exitCode = 1;
}

function summary(result: RuleSetResult): string {
  const found = `${counted(result.problems, 'error')}, ${counted(result.problems, 'warning')}`;
  if (result.kind === 'refused') return `${found}: the set is refused`;
  const { rules, correlations, filters } = result.set;
  return `${rules.length} rules, ${correlations.length} correlations, ${filters.length} filters; ${found}: the set can be used`;
}

function counted(problems: readonly Problem[], severity: Problem['severity']): string {
  const count = problems.filter((problem) => problem.severity === severity).length;
  return `${count} ${severity}${count === 1 ? '' : 's'}`;
}
