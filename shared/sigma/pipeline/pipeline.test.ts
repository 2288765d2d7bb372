import { expect, test } from 'vitest';
import { setOfText, titlesOf } from '../testing/build.ts';
import { buildRuleSet } from '../set/rule-set.ts';

const rule = `
title: r
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {category: process_creation, product: linux}
detection:
  s:
    Image|endswith: /sh
    CommandLine|contains: [curl, wget]
  n: {ParentImage: null}
  condition: s and not n
`;

const withPipeline = (body: string): string =>
  `${rule}---\nname: ours\npriority: 10\ntransformations:\n${body}`;
const mapping = `
  - id: map
    type: field_name_mapping
    mapping:
      Image: process.executable
      CommandLine: [process.command_line, process.args]
      ParentImage: process.parent.executable
    rule_conditions:
      - {type: logsource, category: process_creation, product: linux}
`;
const event = { process: { executable: '/bin/sh', args: ['curl', 'x'], parent: { executable: '/init' } } };

test('fields are mapped; one that becomes several matches in any', () => {
  const set = setOfText(withPipeline(mapping));
  expect(titlesOf(set, event)).toEqual(['r']);
  expect(titlesOf(set, { process: { ...event.process, args: ['x'], command_line: 'sh -c wget' } })).toEqual([
    'r',
  ]);
  expect(titlesOf(set, { process: { ...event.process, args: ['x'] } })).toEqual([]);
  expect(titlesOf(set, { process: { ...event.process, parent: {} } })).toEqual([]);
});

test('conditions on the rule decide', () => {
  const other = mapping.replace('product: linux', 'product: windows');
  expect(titlesOf(setOfText(withPipeline(other)), event)).toEqual([]);
  const negated = `${other}    rule_cond_not: true\n`;
  expect(titlesOf(setOfText(withPipeline(negated)), event)).toEqual(['r']);
});

test('a condition is added, the log source changed, an item dropped', () => {
  const set = setOfText(
    withPipeline(`${mapping}
  - type: add_condition
    conditions: {event.category: process}
    rule_conditions: [{type: processing_item_applied, processing_item_id: map}]
  - {type: change_logsource, product: linux, service: tetragon}
  - type: drop_detection_item
    field_name_conditions: [{type: include_fields, fields: [process.parent.executable]}]
`),
  );
  expect(titlesOf(set, event)).toEqual([]);
  const orphan = { process: { ...event.process, parent: {} }, event: { category: ['process'] } };
  expect(titlesOf(set, orphan)).toEqual(['r']);
  expect(titlesOf(set, orphan, { product: 'linux', service: 'falco' })).toEqual([]);
});

test('placeholders come from lists, from the vars of a pipeline, or become wildcards', () => {
  const expanding = rule
    .replace('Image|endswith: /sh', "Image|expand: '/bin/%shells%'")
    .replace('and not n', '')
    .replace('n: {ParentImage: null}', '');
  const flat = { Image: '/bin/sh', CommandLine: 'curl' };
  expect(titlesOf(setOfText(expanding, new Map([['shells', ['ksh', 's?']]])), flat)).toEqual(['r']);
  expect(titlesOf(setOfText(expanding, new Map([['shells', ['ksh']]])), flat)).toEqual([]);
  const vars = `---\nname: p\nvars: {shells: [sh]}\ntransformations:\n  - {type: value_placeholders, include: [shells]}\n`;
  expect(titlesOf(setOfText(expanding + vars), flat)).toEqual(['r']);
  const wildcard = `---\nname: p\ntransformations:\n  - {type: wildcard_placeholders}\n`;
  expect(titlesOf(setOfText(expanding + wildcard), flat)).toEqual(['r']);
});

test('a filter is mapped with the rule it narrows', () => {
  const filter = `---\ntitle: f\nlogsource: {product: linux, category: process_creation}\nfilter:\n  s: {CommandLine|contains: curl}\n  condition: not s\n`;
  expect(titlesOf(setOfText(withPipeline(mapping) + filter), event)).toEqual([]);
});

test.each([
  '  - {type: set_field, field: x}\n',
  '  - {type: drop_detection_item, field_name_conditions: [{type: something}]}\n',
  '  - {type: drop_detection_item, rule_cond_expr: "a and b"}\n',
])('what is not supported is refused: %s', (body) => {
  const { problems } = buildRuleSet([{ file: 'r.yml', text: withPipeline(body) }]);
  expect(problems.map(({ code }) => code)).toContain('pipeline-unsupported');
});
