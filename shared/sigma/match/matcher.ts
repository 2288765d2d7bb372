import { conflicts } from '../logsource.ts';
import type { Logsource } from '../rule/model.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { evaluate } from './evaluate.ts';

/** Finds the rules that match a document. */
export interface Matcher {
  /** In the order of the rules given. */
  match(logsource: Logsource, document: object): readonly CompiledRule[];
}

export function createMatcher(rules: readonly CompiledRule[]): Matcher {
  return {
    match: (logsource, document) =>
      rules.filter(
        ({ rule, expression }) => !conflicts(rule.logsource, logsource) && evaluate(expression, document),
      ),
  };
}
