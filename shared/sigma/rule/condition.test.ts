import { expect, test } from 'vitest';
import { createReport } from '../problem.ts';
import { parseCondition } from './condition.ts';
import type { Condition } from './model.ts';

const at = { file: 'rule.yml', line: 1, column: 1 };

function shown(condition: Condition | undefined): string {
  if (condition === undefined) return 'refused';
  switch (condition.kind) {
    case 'identifier':
      return condition.name;
    case 'of':
      return `${condition.count}:${condition.pattern}`;
    case 'not':
      return `!${shown(condition.term)}`;
    case 'and':
    case 'or':
      return `(${condition.terms.map(shown).join(condition.kind === 'and' ? '&' : '|')})`;
  }
}

test.each([
  ['a', 'a'],
  ['a and b or c', '((a&b)|c)'],
  ['a or b and c', '(a|(b&c))'],
  ['not a and b', '(!a&b)'],
  ['not (a and b)', '!(a&b)'],
  ['not not a', '!!a'],
  ['1 of sel_* and not all of filter_*', '(1:sel_*&!all:filter_*)'],
  ['any of them', '1:them'],
  ['all of them', 'all:them'],
  ['2 of x*', '2:x*'],
  ['not_y or android and notable', '(not_y|(android&notable))'],
  ['a AND NOT b', '(a&!b)'],
  ['((a))', 'a'],
  ['1_of_x', '1_of_x'],
])('%s', (text, expected) => {
  const report = createReport();
  expect(shown(parseCondition(text, at, report))).toBe(expected);
  expect(report.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
});

test.each([
  ['', 'condition-syntax'],
  ['a and', 'condition-syntax'],
  ['(a', 'condition-syntax'],
  ['a b', 'condition-syntax'],
  ['a)', 'condition-syntax'],
  ['0 of x', 'condition-syntax'],
  ['1 of', 'condition-syntax'],
  ['1 of and', 'condition-syntax'],
  ['selection | count() > 5', 'condition-aggregation'],
  ['('.repeat(100), 'condition-syntax'],
])('%j is refused: %s', (text, code) => {
  const report = createReport();
  expect(parseCondition(text, at, report)).toBeUndefined();
  expect(report.problems.map((problem) => problem.code)).toContain(code);
});
