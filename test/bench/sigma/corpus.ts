import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';

const root = join(import.meta.dirname, '../../..');
/** Where data that is not part of the project is looked for. */
export const sharedFolder = process.env.BREAKWATER_SHARED ?? join(root, '../shared');

/** The project's own rules. */
export const ownRules = join(root, 'rules');
/** The folders of the SigmaHQ corpus that are there. */
export const corpusFolders: readonly string[] = ['rules', 'rules-threat-hunting', 'rules-emerging-threats']
  .map((name) => join(sharedFolder, 'sigma/sigmahq', name))
  .filter((folder) => existsSync(folder));

/** What the rules of a run are, in words. */
export const corpusText =
  corpusFolders.length === 0 ? 'the project alone: no SigmaHQ corpus here' : 'the project and SigmaHQ';

/** All rules as one set: the project's pipelines map those of the corpus to the fields of our events. */
export async function mappedRules(): Promise<readonly CompiledRule[]> {
  return load([ownRules, ...corpusFolders]);
}

/** All rules with the fields that they name themselves, for events as tools write them. */
export async function plainRules(): Promise<readonly CompiledRule[]> {
  return [...(await load([ownRules])), ...(corpusFolders.length === 0 ? [] : await load(corpusFolders))];
}

async function load(paths: readonly string[]): Promise<readonly CompiledRule[]> {
  const result = await loadRuleSet(paths);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set.rules;
}
