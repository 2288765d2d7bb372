import type { Placeholders } from '../compile/placeholders.ts';
import { createMatcher } from '../match/matcher.ts';
import { problemText } from '../problem.ts';
import type { Logsource } from '../rule/model.ts';
import { buildRuleSet, type RuleSet } from '../set/rule-set.ts';

/** For tests: the set of one text, or an error with its problems. */
export function setOfText(text: string, lists: Placeholders = new Map()): RuleSet {
  const result = buildRuleSet([{ file: 'rules.yml', text }], lists);
  if (result.kind === 'loaded') return result.set;
  throw new Error(result.problems.map(problemText).join('\n'));
}

/** For tests: the titles of the rules that match. */
export function titlesOf(set: RuleSet, document: object, logsource: Logsource = {}): readonly string[] {
  return createMatcher(set.rules)
    .match(logsource, document)
    .map(({ rule }) => rule.title);
}
