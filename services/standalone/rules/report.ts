import { explanationText } from '#shared/sigma/explain/text.ts';
import { logsourceText } from '#shared/sigma/logsource.ts';
import type { Correlation, Rule } from '#shared/sigma/rule/model.ts';
import type { ConversionGap } from '#shared/sigma/testing/convert-check.ts';
import type { TestOutcome } from '#shared/sigma/testing/run-tests.ts';

function line(id: string, level: string, source: string, title: string): string {
  return `${id.padEnd(36)}  ${level.padEnd(13)}  ${source.padEnd(36)}  ${title}`;
}

/** Names the columns of `ruleLine`. */
export const ruleLineHead = line('id', 'level', 'log source', 'title');

/** One line for a list of rules. */
export function ruleLine(document: Rule | Correlation): string {
  const { id, level, title } = document;
  const source =
    document.kind === 'rule' ? logsourceText(document.logsource) : `correlation ${document.type}`;
  return line(id, level, source, title);
}

/** A failed test of a rule, with the reason. */
export function failureText({ at, rule_title, test, expected, explanation }: TestOutcome): string {
  const place = `${at.file}:${at.line}:${at.column}`;
  const head = `${place}: ${rule_title}: ${test}: expected ${expected ? 'a match' : 'no match'}`;
  return explanation === undefined ? head : `${head}\n${explanationText(explanation)}`;
}

/** What keeps a rule from firing. */
export function gapText({ file, title, unreachable_logsource, unknown_fields }: ConversionGap): string {
  const source = unreachable_logsource === undefined ? [] : [`no events from ${unreachable_logsource}`];
  const fields = unknown_fields.length === 0 ? [] : [`no events have ${unknown_fields.join(', ')}`];
  return `${file}: ${title}: ${[...source, ...fields].join('; ')}`;
}
