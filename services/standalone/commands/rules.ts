import { Command } from 'commander';
import { backtestCommand } from './rules/backtest.ts';
import { convertCheckCommand } from './rules/convert-check.ts';
import { explainCommand } from './rules/explain.ts';
import { lintCommand } from './rules/lint.ts';
import { listCommand } from './rules/list.ts';
import { testCommand } from './rules/test.ts';

/** `breakwater rules …`: lint, list, explain, test and try Sigma rules. */
export function rulesCommand(): Command {
  const command = new Command('rules').description(
    'lint, test and explain Sigma rules; try them on recorded events',
  );
  const commands = [
    lintCommand(),
    listCommand(),
    explainCommand(),
    testCommand(),
    backtestCommand(),
    convertCheckCommand(),
  ];
  for (const each of commands) command.addCommand(each);
  return command;
}
