import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRegex } from './regex.ts';
import { RegexProblem } from './syntax.ts';
import { fold } from '../fold.ts';

const none = { i: false, m: false, s: false };
const runs = Number(process.env.BREAKWATER_PROPERTY_RUNS ?? 300);

test.each([
  ['abc', 'xxabcxx', true],
  ['^abc$', 'abc', true],
  ['^abc$', 'xabc', false],
  ['^abc$', 'abc\n', true],
  ['\\Aabc\\z', 'abc\n', false],
  ['a.c', 'a\nc', false],
  ['\\bcat\\b', 'a cat!', true],
  ['\\bcat\\b', 'concat', false],
  ['\\Bcat', 'concat', true],
  ['[^a-c]x', 'dx', true],
  ['[]a]', ']', true],
  ['[[:digit:]]{3}', 'a123', true],
  ['(?i)ABC', 'xabcx', true],
  ['a(?i:b)c', 'aBc', true],
  ['a(?i:b)c', 'aBC', false],
  ['(?:ab){2,3}', 'ababab', true],
  ['^(?:ab){2,3}$', 'abababab', false],
  ['a{2', 'a{2', true],
  ['x*', '', true],
  ['\\x41\\u0042\\x{43}', 'ABC', true],
  ['(.){200,}', 'y'.repeat(199), false],
  ['(.){200,}', 'y'.repeat(200), true],
  ['^😀.$', '😀é', true],
  ['\\s-[^-\\s]{0,20}i', 'ls -lai', true],
  ['(a*)*b', 'aaaa', false],
])('%s on %j: %s', (pattern, text, expected) => {
  expect(compileRegex(pattern, none).test(text)).toBe(expected);
});

test('multi-line, dot-all and ignore-case flags', () => {
  expect(compileRegex('^b$', { ...none, m: true }).test('a\nb\nc')).toBe(true);
  expect(compileRegex('a.c', { ...none, s: true }).test('a\nc')).toBe(true);
  expect(compileRegex('straße', { ...none, i: true }).test('STRAßE')).toBe(true);
  expect(compileRegex('ΟΣ', { ...none, i: true }).test('ος')).toBe(true);
});

test.each([
  ['(?=a)', 'regex-unsupported'],
  ['(?<!a)b', 'regex-unsupported'],
  ['(a)\\1', 'regex-unsupported'],
  ['a++', 'regex-unsupported'],
  ['a(', 'regex-syntax'],
  ['a)', 'regex-syntax'],
  ['[z-a]', 'regex-syntax'],
  ['*a', 'regex-syntax'],
  ['a{3,2}', 'regex-syntax'],
  ['(?:a{1000}){1000}', 'regex-too-large'],
  ['('.repeat(100) + ')'.repeat(100), 'regex-too-large'],
])('%s is refused: %s', (pattern, code) => {
  try {
    compileRegex(pattern, none);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(RegexProblem);
    expect(error).toHaveProperty('code', code);
  }
});

const patterns = fc.letrec<{ node: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'A', '\\n', '.', '[ab]', '[^a]', '\\w', '\\s', 'é') },
    { weight: 2, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B') },
    { weight: 2, arbitrary: tie('node').map((inner) => `(?:${inner})`) },
  ),
  node: fc
    .array(
      fc
        .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+?', '?', '{2}', '{0,2}', '{1,}')), {
          maxLength: 4,
        })
        .map((atoms) =>
          atoms
            .map(([atom, suffix]) => (/[\^$]|\\b/i.test(atom) && atom.length < 3 ? atom : atom + suffix))
            .join(''),
        ),
      { minLength: 1, maxLength: 3 },
    )
    .map((alternatives) => alternatives.join('|')),
})).node;
const texts = fc
  .array(fc.constantFrom('a', 'b', 'A', '\n', ' ', 'é', '_', '😀'), { maxLength: 12 })
  .map((parts) => parts.join(''));

test('agrees with the engine of the language on what both know', () => {
  fc.assert(
    fc.property(patterns, texts, fc.boolean(), fc.boolean(), (pattern, text, m, s) => {
      // JavaScript's \B also matches between the halves of a surrogate pair.
      if (pattern.includes('\\B') && text.includes('😀')) return;
      // In PCRE $ also matches before a last line end; JavaScript's does not.
      const source = m ? pattern : pattern.replaceAll('$', '(?=\\n?$)');
      const theirs = new RegExp(source, `u${m ? 'm' : ''}${s ? 's' : ''}`);
      expect(compileRegex(pattern, { i: false, m, s }).test(text)).toBe(theirs.test(text));
    }),
    { numRuns: runs },
  );
});

test('every matching text holds a required literal', () => {
  fc.assert(
    fc.property(patterns, texts, fc.boolean(), (pattern, text, i) => {
      const regex = compileRegex(pattern, { i, m: false, s: false });
      if (regex.required === undefined || !regex.test(text)) return;
      expect(regex.required.some((literal) => fold(text).includes(literal))).toBe(true);
    }),
    { numRuns: runs },
  );
});

test('patterns that make other engines hang take time linear in the text', () => {
  const text = `${'a'.repeat(65_536)}!`;
  for (const pattern of [
    '(a+)+$',
    '(a|aa)+$',
    '(.*a){12}$',
    '(a*)*b',
    '(?:a?){30}a{30}b',
    '.*.*.*=.*',
    '(x+x+)+y',
  ]) {
    const regex = compileRegex(pattern, none);
    const start = performance.now();
    expect(regex.test(text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});

test('a pattern whose states cannot all be remembered still answers', () => {
  const regex = compileRegex('a.{40}b.{40}c', none);
  const noise = Array.from({ length: 8_192 }, (_, index) => 'ab'.charAt(((index * 7919) % 13) % 2)).join('');
  expect(regex.test(noise)).toBe(false);
  expect(regex.test(`${noise}a${'x'.repeat(40)}b${'y'.repeat(40)}c`)).toBe(true);
});
