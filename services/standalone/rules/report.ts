import { explanationText } from '#shared/sigma/explain/text.ts';
import { logsourceKey } from '#shared/sigma/logsource.ts';
import type { Correlation, Rule } from '#shared/sigma/rule/model.ts';
import type { TestOutcome } from '#shared/sigma/testing/run-tests.ts';

/** One line for a list of rules. */
export function ruleLine(document: Rule | Correlation): string {
  const source = document.kind === 'rule' ? logsourceKey(document.logsource) : document.type;
  return `${document.id.padEnd(36)}  ${document.level.padEnd(13)}  ${source.padEnd(32)}  ${document.title}`;
}

/** A failed test of a rule, with the reason. */
export function failureText({ at, rule_title, test, expected, explanation }: TestOutcome): string {
  const head = `${at.file}:${at.line}: ${rule_title}: ${test}: expected ${expected ? 'a match' : 'no match'}`;
  return explanation === undefined ? head : `${head}\n${explanationText(explanation)}`;
}
