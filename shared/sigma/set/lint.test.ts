import { expect, test } from 'vitest';
import type { ProblemCode } from '../problem-codes.ts';
import { buildRuleSet } from './rule-set.ts';

const id = 'id: 8a2f4b1c-3d5e-4f7a-9b2c-1e4f6d8a9c2b';
const head = `title: t\n${id}\nlevel: low\nlogsource: {product: linux}\n`;

function problemsOf(text: string): readonly string[] {
  return buildRuleSet([{ file: 'r.yml', text }]).problems.map(
    ({ code, at }) => `${at.line}:${at.column} ${code}`,
  );
}

function codesOf(text: string): readonly ProblemCode[] {
  return buildRuleSet([{ file: 'r.yml', text }]).problems.map(({ code }) => code);
}

const detection = (body: string): string => `${head}detection: {${body}}`;

test.each<[string, readonly ProblemCode[]]>([
  ['s: {f: x}, condition: s', []],
  ['s: {f: []}, condition: s', ['detection-empty']],
  ['s: {}, condition: s', ['detection-empty']],
  ['s: [], condition: s', ['detection-empty']],
  ['s: {f|containz: x}, condition: s', ['modifier-unknown']],
  ['s: {f|: x}, condition: s', ['modifier-unknown']],
  ['s: {f|contains|re: x}, condition: s', ['modifier-order']],
  ['s: {f|i: x}, condition: s', ['modifier-conflict']],
  ['s: {f|re|lt: x}, condition: s', ['modifier-conflict']],
  ['s: {f|gt|lt: 5}, condition: s', ['modifier-conflict']],
  ['s: {f|exists: yes}, condition: s', ['yaml-looks-boolean', 'modifier-value']],
  ['s: {"|exists": true}, condition: s', ['modifier-order']],
  ['s: {"|cidr": 10.0.0.0/8}, condition: s', ['modifier-order']],
  ['s: {f|cidr: 10.0.0.1/8}, condition: s', ['modifier-value']],
  ['s: {f|cidr: 10.0.0.0/33}, condition: s', ['modifier-value']],
  ['s: {f|cidr: nonsense}, condition: s', ['modifier-value']],
  ['s: {f|lt: abc}, condition: s', ['modifier-value']],
  ['s: {f|lt: "12"}, condition: s', ['value-coerced']],
  ['s: {f|contains: 12}, condition: s', ['value-coerced']],
  ['s: {f|hour: 24}, condition: s', ['modifier-value']],
  ['s: {f|base64: "a*"}, condition: s', ['modifier-value']],
  ['s: {f|contains: null}, condition: s', ['modifier-value']],
  ['s: {f: [x, null]}, condition: s', ['value-null-in-list']],
  ['s: {f|contains: ""}, condition: s', ['value-matches-all']],
  ['s: {f|contains|all: x}, condition: s', ['modifier-useless']],
  ['s: {f|re: "(a"}, condition: s', ['regex-syntax']],
  ['s: {f|re: "(?=a)"}, condition: s', ['regex-unsupported']],
  ['s: {f|re: "(?i)a"}, condition: s', ['regex-inline-flag']],
  ['s: {f|re: "(?:a{1000}){1000}"}, condition: s', ['regex-too-large']],
  ['s: {f|windash: "-a -b -c -d -e -f"}, condition: s', ['value-too-long']],
  ['s: {f|expand: "%nothing%"}, condition: s', ['placeholder-unresolved']],
  ['s: {f: {g: x}}, condition: s', ['key-type']],
  ['s: {f: [{g: x}]}, condition: s', ['item-mixed']],
  ['s: {f: 010}, condition: s', ['yaml-leading-zero']],
  ['s: {f: x}, condition: t', ['condition-identifier-unknown']],
  ['s: {f: x}, condition: 1 of t*', ['condition-pattern-empty']],
  ['s: {f: x}, condition: 2 of s*', ['condition-extension', 'condition-never']],
  ['s: {f: x}, condition: s and not s', ['condition-never']],
  ['s: {f: x}, condition: s or not s', ['condition-always']],
  ['s: {f: x}, t: {f: y}, condition: s', ['identifier-unused']],
  ['s: {f: x}, condition: s AND s', ['condition-extension']],
  ['s: {f: x}, condition: "s | count() > 5"', ['condition-aggregation']],
  ['s: {f: x}', ['key-missing']],
  ['s: {f: x, f: y}, condition: s', ['yaml-duplicate-key']],
  ['s: {f: x}, _s: {f: y}, condition: 1 of them or 1 of _*', []],
])('%s: %j', (body, codes) => {
  expect(codesOf(detection(body))).toEqual(codes);
});

test.each<[string, readonly ProblemCode[]]>([
  ['', []],
  ['---\n---\n', ['document-empty', 'document-empty']],
  ['- a', ['document-unknown']],
  ['title: t\ndetecton: {s: {f: x}}', ['document-unknown']],
  ['a: [', ['yaml-syntax']],
  ['a: *nothing', ['yaml-syntax', 'document-unknown']],
  ['? [a]\n: b', ['yaml-key-not-text', 'document-unknown']],
  [
    `title: t\nlogsource: {product: linux}\ndetection: {s: {f: x}, condition: s}`,
    ['id-missing', 'level-missing'],
  ],
  [`${head}levle: high\ndetection: {s: {f: x}, condition: s}`, []],
  [
    `title: t\n${id}\nlevle: high\nlogsource: {product: linux}\ndetection: {s: {f: x}, condition: s}`,
    ['level-missing', 'key-unknown'],
  ],
  [
    `title: t\n${id}\nlevel: hihg\nlogsource: {product: linux}\ndetection: {s: {f: x}, condition: s}`,
    ['value-unknown'],
  ],
  [
    `title: t\n${id}\nlevel: low\nlogsource: {definition: x}\ndetection: {s: {f: x}, condition: s}`,
    ['logsource-empty'],
  ],
  [
    `${head}tags: [attack.executoin, attack.t1611, attack.t16, cve.2024.1]\ndetection: {s: {f: x}, condition: s}`,
    ['tag-unknown', 'tag-unknown'],
  ],
  [
    `${head}breakwater: {score: 200, colour: red}\ndetection: {s: {f: x}, condition: s}`,
    ['extension-invalid', 'extension-invalid'],
  ],
  [`${head}breakwater: {actors: ['pots:{x}']}\ndetection: {s: {f: x}, condition: s}`, ['extension-invalid']],
  [
    `${head.replace('low', 'high')}breakwater: {class: context}\ndetection: {s: {f: x}, condition: s}`,
    ['level-of-context'],
  ],
  [
    `${head}breakwater: {tests: [{event: {f: x}}]}\ndetection: {s: {f: x}, condition: s}`,
    ['extension-invalid'],
  ],
  [
    `${head}detection: {s: {f: x}, condition: s}\n---\n${head}detection: {s: {f: y}, condition: s}`,
    ['id-duplicate'],
  ],
])('document %#', (text, codes) => {
  expect([...codesOf(text)].sort()).toEqual([...codes].sort());
});

const correlation = (body: string): string =>
  `${detection('s: {f: x}, condition: s')}\nname: base\n---\ntitle: k\n${id.replace('8a2f', '9999')}\nlevel: low\ncorrelation: {${body}}`;

test('a correlation does not stand on what has no leaf', () => {
  const silent = correlation('type: event_count, rules: [base], timespan: 5m, condition: {gte: 3}');
  const text = silent.replace('name: base', 'name: base\nbreakwater: {score: 0}');
  expect(codesOf(text)).toEqual(['rule-reference-silent']);
});

test.each<[string, readonly ProblemCode[]]>([
  ['type: event_count, rules: [base], timespan: 5m, condition: {gte: 3}', []],
  ['type: event_count, rules: base, group-by: [g], timespan: 5m, condition: {gte: 3}', []],
  ['type: event_cuont, rules: [base], timespan: 5m, condition: {gte: 3}', ['value-unknown']],
  ['type: event_count, rules: [other], timespan: 5m, condition: {gte: 3}', ['rule-reference-unknown']],
  ['type: event_count, rules: [base], timespan: 1h30m, condition: {gte: 3}', ['timespan-syntax']],
  ['type: event_count, rules: [base], condition: {gte: 3}', ['key-missing']],
  ['type: event_count, rules: [base], timespan: 5m', ['key-missing']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {gte: 3, lte: 5}', ['correlation-extension']],
  [
    'type: event_count, rules: [base], timespan: 5m, condition: {gt: 5, lt: 3}',
    ['correlation-extension', 'correlation-condition'],
  ],
  [
    'type: event_count, rules: [base], timespan: 5m, condition: {field: f, gte: 3}',
    ['correlation-condition'],
  ],
  ['type: value_count, rules: [base], timespan: 5m, condition: {gte: 3}', ['correlation-condition']],
  [
    'type: value_median, rules: [base], timespan: 5m, condition: {field: f, gte: 3}',
    ['correlation-extension'],
  ],
  [
    'type: value_percentile, rules: [base], timespan: 5m, condition: {field: f, percentile: 101, gte: 3}',
    ['correlation-condition'],
  ],
  ['type: event_count, rules: [base], timespan: 5m, condition: {eq: 0}', ['correlation-condition']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {lt: 1}', ['correlation-condition']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {gt: 10000}', ['correlation-condition']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {eq: 2.5}', ['correlation-condition']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {gte: 1}', ['correlation-always']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {lt: 20000}', ['correlation-always']],
  ['type: event_count, rules: [base], timespan: 5m, condition: {lte: 1}', []],
  ['type: value_count, rules: [base], timespan: 5m, condition: {field: f, eq: 0}', []],
  ['type: value_count, rules: [base], timespan: 5m, condition: {field: f, lt: 0}', ['correlation-condition']],
  ['type: value_count, rules: [base], timespan: 5m, condition: {field: f, gte: 0}', ['correlation-always']],
  ['type: value_sum, rules: [base], timespan: 5m, condition: {field: f, gt: 1000000}', []],
  ['type: temporal, rules: [base], timespan: 5m, condition: {gte: 2}', ['correlation-condition']],
  ['type: temporal, rules: [base], timespan: 5m, condition: {gte: 1}', ['correlation-always']],
  ['type: temporal, rules: [base], timespan: 5m', []],
  ['type: temporal, timespan: 5m, condition: base', []],
  ['type: event_count, rules: [base], timespan: 5m, condition: base', ['correlation-condition']],
  ['type: temporal, rules: [k], timespan: 5m', ['rule-reference-unknown']],
  ['type: temporal, rules: [999949f1c], timespan: 2w', ['correlation-extension', 'rule-reference-unknown']],
])('correlation {%s}: %j', (body, codes) => {
  expect([...codesOf(correlation(body))].sort()).toEqual([...codes].sort());
});

test('correlations that refer in a circle are refused', () => {
  const one = (name: string, to: string): string =>
    `title: ${name}\nname: ${name}\nlevel: low\ncorrelation: {type: temporal, rules: [${to}], timespan: 5m}`;
  expect(codesOf(`${one('a', 'b')}\n---\n${one('b', 'a')}`)).toContain('rule-reference-cycle');
});

test('problems have their place and a suggestion', () => {
  const text = `${head}detection:\n  selection:\n    process.name|contians: sh\n  condition: selektion\n`;
  expect(problemsOf(text)).toEqual(['7:5 modifier-unknown']);
  const [problem] = buildRuleSet([{ file: 'r.yml', text }]).problems;
  expect(problem?.suggestion).toBe('contains');
  const fixed = text.replace('contians', 'contains');
  expect(problemsOf(fixed)).toContain('8:14 condition-identifier-unknown');
  expect(
    buildRuleSet([{ file: 'r.yml', text: fixed }]).problems.find(({ suggestion }) => suggestion)?.suggestion,
  ).toBe('selection');
});

test('a set with one error is refused whole', () => {
  const good = detection('s: {f: x}, condition: s');
  const bad = good.replace('8a2f', '7777').replace('condition: s', 'condition: t');
  expect(buildRuleSet([{ file: 'good.yml', text: good }]).kind).toBe('loaded');
  expect(
    buildRuleSet([
      { file: 'good.yml', text: good },
      { file: 'bad.yml', text: bad },
    ]).kind,
  ).toBe('refused');
});
