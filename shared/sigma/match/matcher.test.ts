import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildRuleSet, type RuleSet } from '../set/rule-set.ts';
import { evaluate } from './evaluate.ts';
import { createMatcher } from './matcher.ts';

const runs = Number(process.env.BREAKWATER_PROPERTY_RUNS ?? 400);

function setOf(detections: readonly object[]): RuleSet | undefined {
  const text = detections
    .map((detection, index) =>
      JSON.stringify({
        title: `rule ${index}`,
        id: `00000000-0000-4000-8000-${index.toString().padStart(12, '0')}`,
        level: 'low',
        logsource: { product: 'linux' },
        detection,
      }),
    )
    .join('\n---\n');
  const result = buildRuleSet([{ file: 'rules.yml', text }]);
  return result.kind === 'loaded' ? result.set : undefined;
}

const words = fc.constantFrom(
  'a',
  'A',
  'ab',
  'abc',
  'b',
  'ba',
  'Σ',
  'ς',
  'σα',
  'x y',
  '1',
  '12',
  '',
  '*',
  '?',
  'a*b',
  '?b',
  '\\*',
  '-a',
  '/b',
  '10.0.0.1',
  'é\nb',
  '😀',
);
const scalars = fc.oneof(
  { weight: 6, arbitrary: words },
  { weight: 1, arbitrary: fc.constantFrom(1, 12, 1.5, true, false, null) },
);
const fields = fc.constantFrom('f', 'g', 'n.f', 'n.m.f', 'dotted.key', 'sp ace');
const textModifiers = fc.constantFrom(
  '',
  '|contains',
  '|startswith',
  '|endswith',
  '|cased',
  '|contains|cased',
  '|contains|all',
  '|windash',
  '|contains|neq',
  '|neq',
);
const items = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fields, textModifiers, fc.array(scalars, { minLength: 1, maxLength: 3 }))
      .map(([field, modifier, values]) => [`${field}${modifier}`, values] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fields, fc.constantFrom('a.*b', '^a', 'b$', '[ab]{2}', 'x?', 'ab|ba'))
      .map(([field, value]) => [`${field}|re`, value] as const),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fields, fc.boolean()).map(([field, value]) => [`${field}|exists`, value] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fields, fc.constantFrom('lt', 'lte', 'gt', 'gte'), fc.integer({ min: 0, max: 13 }))
      .map(([field, operator, value]) => [`${field}|${operator}`, value] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fields, fc.constantFrom('10.0.0.0/8', '::/0'))
      .map(([field, value]) => [`${field}|cidr`, value] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fields, fields, fc.constantFrom('', '|contains', '|startswith'))
      .map(([field, other, modifier]) => [`${field}|fieldref${modifier}`, other] as const),
  },
  { weight: 1, arbitrary: fields.map((field) => [field, null] as const) },
);
const selections = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(items, { minLength: 1, maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.array(items, { minLength: 1, maxLength: 2 }).map((entries) => Object.fromEntries(entries)),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'ab', 'b?', '1'), { minLength: 1, maxLength: 2 }) },
);
const conditions = fc.constantFrom(
  's1',
  's1 and s2',
  's1 or s2',
  's1 and not s2',
  'not s1',
  'not (s1 and s2)',
  '1 of s*',
  'all of s*',
  '2 of s*',
  's1 and (s2 or not s3)',
  'not 1 of s*',
);
const detections = fc
  .tuple(selections, selections, selections, conditions)
  .map(([s1, s2, s3, condition]) => ({ s1, s2, s3, condition }));
const values = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 2, arbitrary: fc.array(scalars, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ f: scalars, m: fc.record({ f: scalars }) }), { maxLength: 2 }),
  },
);
const documents = fc.record(
  {
    f: values,
    g: values,
    n: fc.oneof(values, fc.record({ f: values, m: fc.record({ f: values }) }, { requiredKeys: [] })),
    'n.f': values,
    'dotted.key': values,
    'sp ace': values,
    dotted: fc.record({ key: values }),
    'n.m': fc.record({ f: values }),
  },
  { requiredKeys: [] },
);

test('the index gives the same answers as the definition', () => {
  fc.assert(
    fc.property(
      fc.array(detections, { minLength: 1, maxLength: 6 }),
      fc.array(documents, { minLength: 1, maxLength: 4 }),
      (rules, events) => {
        const set = setOf(rules);
        fc.pre(set !== undefined);
        const matcher = createMatcher(set.rules);
        for (const event of events) {
          const found = matcher.match({ product: 'linux' }, event).map(({ rule }) => rule.id);
          const expected = set.rules
            .filter(({ expression }) => evaluate(expression, event))
            .map(({ rule }) => rule.id);
          expect(found).toEqual(expected);
        }
      },
    ),
    { numRuns: runs, maxSkipsPerRun: 1_000 },
  );
});
