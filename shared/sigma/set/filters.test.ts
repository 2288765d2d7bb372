import { expect, test } from 'vitest';
import { setOfText, titlesOf } from '../testing/build.ts';
import { buildRuleSet } from './rule-set.ts';

const rules = `
title: shell
name: shell
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh}
  condition: 1 of sel*
---
title: curl
id: 22222222-2222-4222-8222-222222222222
level: low
logsource: {product: linux}
detection:
  selection: {process.name: [curl, sh]}
  condition: selection
`;

const filter = (body: string, logsource = '{category: process_creation, product: linux}'): string =>
  `${rules}---\ntitle: admins\nlogsource: ${logsource}\nfilter:\n  ${body.split('\n').join('\n  ')}\n`;

const bob = { process: { name: 'sh' }, user: { name: 'bob' } };
const admin = { process: { name: 'sh' }, user: { name: 'admin-1' } };

test('a filter narrows the rules that it names', () => {
  const set = setOfText(
    filter('rules: [shell]\nselection: {user.name|startswith: admin-}\ncondition: not selection'),
  );
  expect(titlesOf(set, bob)).toEqual(['shell', 'curl']);
  expect(titlesOf(set, admin)).toEqual(['curl']);
});

test('a rule with another filter has another hash; one that no filter applies to keeps its own', () => {
  const hashesWith = (user: string): readonly string[] => {
    const set = setOfText(
      filter(`rules: [shell]\nselection: {user.name: ${user}}\ncondition: not selection`),
    );
    return set.rules.map(({ rule }) => rule.hash);
  };
  const [shell, curl] = hashesWith('bob');
  const [other, same] = hashesWith('eve');
  expect(other).not.toBe(shell);
  expect(same).toBe(curl);
  const own = setOfText(rules).rules.map(({ rule }) => rule.hash);
  expect(own).toContain(curl);
  expect(own).not.toContain(shell);
});

test('its patterns and those of the rule do not reach each other', () => {
  const set = setOfText(
    filter(
      'rules: any\nselection_a: {user.name: bob}\nselection_b: {user.name: eve}\ncondition: not 1 of selection_*',
    ),
  );
  expect(titlesOf(set, bob)).toEqual(['curl']);
  expect(titlesOf(set, admin)).toEqual(['shell', 'curl']);
});

test('without rules, or with any, it applies to all rules of its log source', () => {
  const set = setOfText(filter('selection: {user.name: bob}\ncondition: not selection', '{product: linux}'));
  expect(titlesOf(set, bob)).toEqual([]);
});

test('a rule of a wider log source is not narrowed', () => {
  const set = setOfText(
    filter(
      'rules: [22222222-2222-4222-8222-222222222222]\nselection: {user.name: bob}\ncondition: not selection',
    ),
  );
  expect(titlesOf(set, bob)).toEqual(['shell', 'curl']);
});

test('a filter without not keeps what it selects, and is warned of', () => {
  const text = filter('rules: [shell]\nselection: {user.name: bob}\ncondition: selection');
  expect(titlesOf(setOfText(text), bob)).toEqual(['shell', 'curl']);
  expect(titlesOf(setOfText(text), admin)).toEqual(['curl']);
  const { problems } = buildRuleSet([{ file: 'r.yml', text }]);
  expect(problems.map(({ code }) => code)).toContain('filter-polarity');
});
