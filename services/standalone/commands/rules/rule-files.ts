import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument } from 'commander';
import { BreakwaterError } from '#shared/errors/error.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { readRuleFiles, type RuleFiles, type RuleReading } from '#shared/sigma/set/load.ts';
import { buildRuleSet, type RuleSet, type RuleSetResult } from '#shared/sigma/set/rule-set.ts';

/** The rules that come with Breakwater. */
export const rulesFolder = join(import.meta.dirname, '../../../../rules');

/** Paths of rules, by default those that come with Breakwater. */
export function pathsArgument(argument: Argument): Argument {
  return argument.default([rulesFolder], 'the rules that come with Breakwater');
}

/** Reads files and folders of rules; @throws BW_RULES_MISSING when one is not there, or all hold none. */
export async function readRules(
  paths: string | readonly string[],
  reading?: RuleReading,
): Promise<RuleFiles> {
  const asked = typeof paths === 'string' ? [paths] : paths;
  for (const path of asked)
    if (!existsSync(path)) throw new BreakwaterError('BW_RULES_MISSING', `${path} does not exist`);
  const files = await readRuleFiles(asked, reading);
  if (files.sources.length > 0) return files;
  throw new BreakwaterError('BW_RULES_MISSING', `no .yml or .yaml file in ${asked.join(', ')}`);
}

/** Loads files and folders as one set; @throws BW_RULES_MISSING when one is not there, or all hold none. */
export async function loadRules(paths: string | readonly string[]): Promise<RuleSetResult> {
  const { sources, lists } = await readRules(paths);
  return buildRuleSet(sources, lists);
}

/** Also @throws BW_RULES_REFUSED when the set has an error. */
export async function usableSet(paths: string | readonly string[]): Promise<RuleSet> {
  const result = await loadRules(paths);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set;
}
