import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReport } from '../problem.ts';
import { readWholeYaml } from './read.ts';
import { readSimpleYaml } from './simple.ts';

const runs = Number(process.env.BREAKWATER_PROPERTY_RUNS ?? 1_500);
const rules = join(import.meta.dirname, '../../../rules');
const texts = globSync('**/*.yml', { cwd: rules }).map((name) => readFileSync(join(rules, name), 'utf8'));

/** What the simple reader makes of a text is what the whole parser makes of it, without a word to say. */
function agrees(text: string): boolean {
  const simple = readSimpleYaml('r.yml', text);
  if (simple === undefined) return false;
  const report = createReport();
  expect(simple).toEqual(readWholeYaml('r.yml', text, report));
  expect(report.problems).toEqual([]);
  return true;
}

test('the rules of the project are simple, and read as by the whole parser', () => {
  expect(texts.length).toBeGreaterThan(200);
  // Every tenth here: the whole parser takes its time.
  expect(texts.filter((text) => readSimpleYaml('r.yml', text) === undefined)).toEqual([]);
  for (const text of texts.filter((_, number) => number % 10 === 0)) expect(agrees(text)).toBe(true);
});

test.each([
  'a: 1\nb: [x, "y", {c: d}]\n',
  'a:\n- b: 1\n  c: 2\n- d\n',
  '# first\na: b # last\n\nc: |-\n  one\n\n  two\n---\nd: >\n  one\n  two\n',
  "a: one\n  two\nb: {c: one\n    two, d: 'it''s'}\n",
  'a: [null, ~, true, 0x1F, 0o17, -1.5e3, .inf, 2026-01-01, 1:30, ==]\n',
])('simple: %j', (text) => {
  expect(agrees(text)).toBe(true);
});

test.each([
  'a: &b c\n',
  'a: !!str b\n',
  '? a\n: b\n',
  'a: yes\n',
  'a: 010\n',
  'a: b\na: c\n',
  'a:\tb\n',
  'a:\nb: c\n',
  'a: [b,, c]\n',
  "a: 'b\n",
  'a: b: c\n',
  '- a\n',
  'a: |+\n  b\n',
  '%YAML 1.1\n---\na: b\n',
])('left to the whole parser: %j', (text) => {
  expect(readSimpleYaml('r.yml', text)).toBeUndefined();
});

const pieces = fc.constantFrom(
  'a',
  'b c',
  'k: ',
  'key:\n',
  '- ',
  '  ',
  '    ',
  '\n',
  'x',
  '[',
  ']',
  '{',
  '}',
  ', ',
  ': ',
  "'q'",
  '"d"',
  '1',
  'null',
  '~',
  '#c',
  ' #c',
  'a: b\n',
  '- x\n',
  '|\n',
  '  t\n',
  '>-\n',
  '-',
  '?',
  '{a: b}',
  '[a]',
  '0.5',
  '---\n',
  '&a ',
  '*a',
  '\\',
  '\t',
  '\r',
  'é',
  "'",
  '"',
  '...',
  '<<: ',
  'on',
  '%',
  '@',
  '\u2028',
);

test('whatever the text, the simple reader agrees or declines', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 16 }), (parts) => {
      agrees(parts.join(''));
    }),
    { numRuns: runs },
  );
});

test('whatever is done to a rule, the simple reader agrees or declines', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(4), pieces), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.nat(texts.length - 1), fc.nat(), edits, (number, from, changes) => {
      const lines = (texts[number] ?? '').split('\n');
      const first = from % lines.length;
      let text = lines.slice(first, first + 20).join('\n');
      for (const [place, removed, added] of changes) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + added + text.slice(at + removed);
      }
      agrees(text);
    }),
    { numRuns: runs },
  );
});

test('a text of one long line takes time in proportion', () => {
  const items = Array.from({ length: 60_000 }, (_, number) => `x${number}`).join(', ');
  const start = performance.now();
  expect(readSimpleYaml('r.yml', `a: [${items}]\n`)).toBeDefined();
  expect(performance.now() - start).toBeLessThan(2_000);
});
