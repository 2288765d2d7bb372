import { type Explanation, explain } from '../explain/explain.ts';
import type { Position } from '../problem.ts';
import type { RuleTest } from '../rule/model.ts';
import type { CompiledRule, RuleSet } from '../set/rule-set.ts';
import { correlationFires } from './run-correlation-test.ts';

/** The outcome of one test that a rule carries. */
export interface TestOutcome {
  readonly rule_id: string;
  readonly rule_title: string;
  readonly test: string;
  readonly expected: boolean;
  readonly passed: boolean;
  readonly at: Position;
  /** Why the rule matched or not; undefined for correlations. */
  readonly explanation: Explanation | undefined;
}

/** Runs the tests of all rules. A test's event is taken to come from the rule's own log source. */
export function runRuleTests(set: RuleSet): readonly TestOutcome[] {
  const ofRules = set.rules.flatMap((compiled) =>
    compiled.rule.extension.tests.map((test) => runOne(compiled, test)),
  );
  const ofCorrelations = set.correlations.flatMap((correlation) =>
    correlation.extension.tests.map(
      (test): TestOutcome => ({
        rule_id: correlation.id,
        rule_title: correlation.title,
        test: test.name,
        expected: test.matches,
        passed: correlationFires(set, correlation, test) === test.matches,
        at: test.at,
        explanation: undefined,
      }),
    ),
  );
  return [...ofRules, ...ofCorrelations];
}

function runOne(compiled: CompiledRule, test: RuleTest): TestOutcome {
  const { rule } = compiled;
  const explanations = test.events.map((event) => explain(compiled, rule.logsource, event));
  const explanation = explanations.find(({ matches }) => matches !== test.matches) ?? explanations[0];
  return {
    rule_id: rule.id,
    rule_title: rule.title,
    test: test.name,
    expected: test.matches,
    passed: explanations.every(({ matches }) => matches === test.matches),
    at: test.at,
    explanation,
  };
}
