import { expect, test } from 'vitest';
import { mutantsOf } from './mutants.ts';

test('a check has mutants that delete it and that weaken it', () => {
  const descriptions = mutantsOf('  if (a < b && c !== d) return false;').map(
    ({ description }) => description,
  );
  expect(descriptions.sort()).toEqual([
    '<= for <',
    '=== for !==',
    'check deleted',
    'true for false',
    '|| for &&',
  ]);
});

test.each([
  ['  if (a)', ['if (false)']],
  ["  this.#report('here', 'what');", [';']],
  ['  for (const a of b) requireSame(a);', ['for (const a of b) ;']],
])('%s has mutants', (line, expected) => {
  expect(mutantsOf(line).map(({ text }) => text.trim())).toEqual(expected);
});

test('comments and imports have none', () => {
  expect(mutantsOf("import { a } from './a.ts';\n// a < b\n/** a < b */\n * a < b")).toEqual([]);
});
