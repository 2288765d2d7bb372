import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from './match/evaluate.ts';
import { createMatcher } from './match/matcher.ts';
import { buildRuleSet } from './set/rule-set.ts';
import { setOfText, titlesOf } from './testing/build.ts';

const runs = Number(process.env.BREAKWATER_PROPERTY_RUNS ?? 200);
/** Generous: tests run on busy machines. What is asserted is that nothing hangs. */
const bound_ms = 5_000;

function within(work: () => void): void {
  const start = performance.now();
  work();
  expect(performance.now() - start).toBeLessThan(bound_ms);
}

const head =
  'title: t\nid: 11111111-1111-4111-8111-111111111111\nlevel: low\nlogsource: {product: p}\ndetection:\n';

test.each<[string, string]>([
  ['deep flow lists', '['.repeat(50_000)],
  ['deep flow maps', '{a: '.repeat(20_000)],
  ['deep block maps', Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  [
    'an alias bomb',
    `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`,
  ],
  ['an alias to itself', 'a: &a [*a]'],
  ['too many documents', '---\na: 1\n'.repeat(5_000)],
  ['too large a file', `a: ${'x'.repeat(2_000_000)}`],
  ['a huge condition', `${head}  s: {f: x}\n  condition: ${'s or '.repeat(10_000)}s`],
  ['deep brackets', `${head}  s: {f: x}\n  condition: ${'('.repeat(5_000)}s${')'.repeat(5_000)}`],
  ['nots without end', `${head}  s: {f: x}\n  condition: ${'not '.repeat(5_000)}s`],
  ['control characters', '\u0000\u0001\ufeff: \u2028'],
  ['a huge regular expression', `${head}  s: {f|re: '${'(a|b)*'.repeat(5_000)}'}\n  condition: s`],
])('%s: refused in time', (_name, text) => {
  within(() => {
    expect(buildRuleSet([{ file: 'r.yml', text }]).kind).toBe('refused');
  });
});

test('any text is refused or loaded, never thrown at', () => {
  const fragments = fc.constantFrom(
    'title: t\n',
    'detection:\n',
    '  s: {f: x}\n',
    '  condition: s\n',
    'logsource: {product: p}\n',
    '- ',
    ': ',
    '&a ',
    '*a ',
    '|',
    '\n',
    '  ',
    '{',
    ']',
    '"',
    "'",
    '!!binary ',
    'f|re: "("\n',
    'correlation:\n',
    'filter:\n',
    'transformations:\n',
    '---\n',
    'null',
    '1e999',
    '0x10',
    '<<: ',
    '? ',
    'é\u0000',
  );
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 30 }), fc.string({ unit: 'binary' }), (parts, noise) => {
      expect(['loaded', 'refused']).toContain(
        buildRuleSet([{ file: 'r.yml', text: parts.join('') + noise }]).kind,
      );
    }),
    { numRuns: runs },
  );
});

const set = setOfText(`${head}
  s:
    f|contains: [abc, a*b?c]
    f|re: '(a+)+$'
  k: [password, 'p*ss?']
  p: {__proto__.polluted: true}
  c: {constructor: x}
  o: {toString|exists: true}
  n: {f|neq: x}
  condition: s or k or p or c or o or not n`);

test.each<[string, object, boolean]>([
  ['a megabyte in a field', { f: 'a'.repeat(1_000_000) }, false],
  ['a megabyte of near matches', { f: 'abab?c*'.repeat(150_000) }, false],
  ['a megabyte that is looked through for keywords', { x: 'pas'.repeat(330_000) }, false],
  [
    'a hundred thousand keys',
    Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`k${key}`, 'v'])),
    false,
  ],
  ['a hundred thousand elements', { f: Array.from({ length: 100_000 }, () => 'ab') }, false],
  ['an own __proto__ key', JSON.parse('{"__proto__": {"polluted": true}}'), true],
  ['nothing of the prototype', {}, false],
  ['lone surrogates', { f: '\ud800abc\udfff aaa' }, true],
])('%s: a verdict in time', (_name, document, expected) => {
  within(() => {
    expect(titlesOf(set, document)).toEqual(expected ? ['t'] : []);
    const [rule] = set.rules;
    expect(rule !== undefined && evaluate(rule.expression, document)).toBe(expected);
  });
});

test('long fields made of what rules look for get the verdict of the definition, in time', () => {
  const matcher = createMatcher(set.rules);
  const pieces = fc.array(
    fc.constantFrom(
      'abc',
      'ab',
      'pass',
      'word',
      'p?ss',
      'PASS',
      '\u212a',
      '\u0130',
      'ς',
      '\ud800',
      '😀',
      ' ',
      'x',
    ),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(pieces, fc.constantFrom('f', 'g', 'n', 'toString'), (parts, field) => {
      const text = parts.join('');
      const document = { [field]: text.repeat(Math.ceil(65_536 / text.length)) };
      const expected = set.rules.filter(({ expression }) => evaluate(expression, document)).length;
      within(() => {
        expect(matcher.match({}, document).length).toBe(expected);
      });
    }),
    { numRuns: Math.min(runs, 100) },
  );
});

test('nesting that is too deep is not looked into, on either way', () => {
  let deep: unknown = 'password';
  for (let depth = 0; depth < 20_000; depth += 1) deep = depth % 2 === 0 ? [deep] : { x: deep };
  expect(titlesOf(set, { deep })).toEqual([]);
});

test('events of any shape get a verdict', () => {
  const matcher = createMatcher(set.rules);
  fc.assert(
    fc.property(
      fc.object({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true }),
      (document) => {
        expect(matcher.match({}, document).length).toBe(
          set.rules.filter(({ expression }) => evaluate(expression, document)).length,
        );
      },
    ),
    { numRuns: runs },
  );
});
