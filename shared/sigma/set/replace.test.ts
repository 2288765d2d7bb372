import { expect, test } from 'vitest';
import { createMatcher } from '../match/matcher.ts';
import { buildRuleSet, type RuleSet, type Trial } from './rule-set.ts';

const rule = (id: string, title: string, field: string): string => `
title: ${title}
id: ${id}
level: low
logsource: { product: linux }
detection: { a: { ${field}: x }, condition: a }
`;
const mapping = (to: string): string => `
name: mapping
priority: 10
transformations: [{ id: m, type: field_name_mapping, mapping: { Image: ${to} } }]
`;
const first = '00000000-0000-4000-8000-000000000001';
const second = '00000000-0000-4000-8000-000000000002';
const present = [
  { file: 'rules/a.yml', text: rule(first, 'One', 'Image') },
  { file: 'rules/b.yml', text: rule(second, 'Two', 'Image') },
  { file: 'rules/p.yml', text: mapping('process.name') },
];

function setWith(texts: readonly string[], alone = false): RuleSet {
  // The same names as present files have: places differ, documents decide.
  const trial: Trial = { sources: texts.map((text) => ({ file: 'rules/a.yml', text })), alone };
  const result = buildRuleSet(present, new Map(), trial);
  if (result.kind === 'loaded') return result.set;
  throw new Error(JSON.stringify(result.problems));
}

function matched(set: RuleSet, document: object): readonly string[] {
  return createMatcher(set.rules)
    .match({}, document)
    .map((found) => found.rule.title);
}

test('a rule on trial takes the place of the one with its id, another stands beside', () => {
  const third = '00000000-0000-4000-8000-000000000003';
  const set = setWith([rule(first, 'New one', 'Image'), rule(third, 'Three', 'Image')]);
  expect(matched(set, { process: { name: 'x' } })).toEqual(['New one', 'Two', 'Three']);
});

test('a pipeline on trial takes the place of the one with its name', () => {
  const set = setWith([mapping('process.executable')]);
  expect(matched(set, { process: { executable: 'x' } })).toEqual(['One', 'Two']);
  expect(matched(set, { process: { name: 'x' } })).toEqual([]);
});

test('alone, of what is present only pipelines stay', () => {
  expect(matched(setWith([rule(first, 'New one', 'Image')], true), { process: { name: 'x' } })).toEqual([
    'New one',
  ]);
});
