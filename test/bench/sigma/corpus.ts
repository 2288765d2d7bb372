import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';

const root = join(import.meta.dirname, '../../..');
/** Where data that is not part of the project is looked for. */
export const sharedFolder = process.env.BREAKWATER_SHARED ?? join(root, '../shared');
const corpus = join(sharedFolder, 'sigma/sigmahq');

/** The rules of the project and, when they are there, those of the SigmaHQ corpus. */
export async function benchRules(): Promise<{
  readonly rules: readonly CompiledRule[];
  readonly says: string;
}> {
  const folders = ['rules', 'rules-threat-hunting', 'rules-emerging-threats'].map((name) =>
    join(corpus, name),
  );
  const present = folders.filter((folder) => existsSync(folder));
  const sets = await Promise.all(
    [[join(root, 'rules')], present].filter((paths) => paths.length > 0).map(loadRuleSet),
  );
  const rules = sets.flatMap((result) => {
    if (result.kind === 'refused') throw rulesRefused(result.problems);
    return result.set.rules;
  });
  const says = present.length === 0 ? 'the project alone: no SigmaHQ corpus here' : 'the project and SigmaHQ';
  return { rules, says: `${rules.length} rules of ${says}` };
}
