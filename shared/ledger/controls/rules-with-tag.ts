import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import type { RulesByTag } from './controls.ts';

/** Looks up the rules of a folder by their tags. @throws BW_RULES_REFUSED when one of them is wrong. */
export async function loadRulesByTag(folder: string): Promise<RulesByTag> {
  const loaded = await loadRuleSet(folder, { tests: false });
  if (loaded.kind === 'refused') throw rulesRefused(loaded.problems);
  return rulesWithTag(loaded.set);
}

/** Looks up rules by their tags; `nist.800-190.4.4` stands for all that begin so. */
export function rulesWithTag({ rules, correlations }: RuleSet): RulesByTag {
  const all = [...rules.map(({ rule }) => rule), ...correlations];
  return (tag) =>
    all
      .filter(({ tags }) => tags.some((each) => each === tag || each.startsWith(`${tag}.`)))
      .map(({ id }) => id);
}
