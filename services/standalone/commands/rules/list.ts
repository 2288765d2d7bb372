import { Argument, Command } from 'commander';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { ruleLine, ruleLineHead } from '../../rules/report.ts';
import { pathsArgument, usableSet } from './rule-files.ts';

/** `rules list`: one line a rule. */
export function listCommand(): Command {
  return new Command('list')
    .description('one line a rule: id, level, log source, title')
    .addArgument(pathsArgument(new Argument('[paths...]', 'files or folders')))
    .option('--json', 'one JSON object a line, with file, techniques and hash', false)
    .action(list);
}

async function list(paths: readonly string[], options: { readonly json: boolean }): Promise<void> {
  const set = await usableSet(paths);
  if (!options.json) console.log(ruleLineHead);
  for (const document of [...set.rules.map(({ rule }) => rule), ...set.correlations]) {
    console.log(options.json ? JSON.stringify(jsonLine(document, set)) : ruleLine(document));
  }
}

type Listed = RuleSet['rules'][number]['rule'] | RuleSet['correlations'][number];

function jsonLine(document: Listed, set: RuleSet): object {
  const { id, title, level, kind, techniques, at } = document;
  return { id, title, level, kind, techniques, file: at.file, sha256: set.hashes.get(id) };
}
