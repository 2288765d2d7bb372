import { expect, test } from 'vitest';
import { evaluate } from '../match/evaluate.ts';
import { createMatcher } from '../match/matcher.ts';
import { buildRuleSet, type CompiledRule } from '../set/rule-set.ts';
import { allCases } from './cases.ts';

const cases = allCases();

function ruleOf(item: object): CompiledRule {
  const rule = { title: 'case', logsource: { product: 'p' }, detection: { s: item, condition: 's' } };
  const result = buildRuleSet([{ file: 'case.yml', text: JSON.stringify(rule) }]);
  const [compiled] = result.kind === 'loaded' ? result.set.rules : [];
  if (compiled === undefined) throw new Error(JSON.stringify(result.problems));
  return compiled;
}

test('the table is as large as it claims', () => {
  expect(cases.length).toBeGreaterThanOrEqual(1_200);
});

test('every case, by definition and through the index', () => {
  const rules = new Map<string, CompiledRule>();
  const failures: string[] = [];
  for (const { name, item, event, matches } of cases) {
    const key = JSON.stringify(item);
    const rule = rules.get(key) ?? ruleOf(item);
    rules.set(key, rule);
    if (evaluate(rule.expression, event) !== matches) failures.push(`${name}: expected ${matches}`);
    if (createMatcher([rule]).match({}, event).length !== Number(matches))
      failures.push(`${name}: index, ${matches}`);
  }
  expect(failures).toEqual([]);
});
