import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildRuleSet } from './rule-set.ts';
import { withoutTests } from './without-tests.ts';

const rules = join(import.meta.dirname, '../../../rules');
const sources = globSync('**/*.yml', { cwd: rules }).map((file) => ({
  file,
  text: readFileSync(join(rules, file), 'utf8'),
}));

test('the rules of the project are the same rules without their tests', () => {
  const whole = buildRuleSet(sources);
  const bare = buildRuleSet(sources.map(({ file, text }) => ({ file, text: withoutTests(text) })));
  if (whole.kind === 'refused' || bare.kind === 'refused') throw new TypeError('refused');
  expect(bare.set.hashes).toEqual(whole.set.hashes);
  expect(bare.problems).toEqual(whole.problems);
  expect(bare.set.rules.map(({ rule }) => rule.detection)).toEqual(
    whole.set.rules.map(({ rule }) => rule.detection),
  );
  expect(bare.set.rules.every(({ rule }) => rule.extension.tests.length === 0)).toBe(true);
  expect(bare.set.correlations.length).toBe(whole.set.correlations.length);
});

test('what stands after the tests stays, where it was', () => {
  const text =
    'a: 1\nbreakwater:\n  score: 5\n  tests:\n    - name: x\n\n      event: {}\n  class: bridge\nb: 2\n';
  expect(withoutTests(text)).toBe('a: 1\nbreakwater:\n  score: 5\n\n\n\n\n  class: bridge\nb: 2\n');
});

test.each([
  'tests:\n  - a\n',
  'detection:\n  tests:\n    f: x\n',
  'breakwater:\n    tests:\n        - a\n',
  'breakwater: {tests: []}\n  tests:\n',
])('not the tests of a rule, or written otherwise: %j', (text) => {
  expect(withoutTests(text)).toBe(text);
});
