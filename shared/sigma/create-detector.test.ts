import { expect, test } from 'vitest';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { createDetector } from './create-detector.ts';
import { setOfText } from './testing/build.ts';

const detector = createDetector(
  setOfText(`
title: Shell
name: shell
id: 22222222-2222-4222-8222-222222222222
level: high
tags: [attack.execution, attack.t1059.004, attack.privilege_escalation]
logsource: {category: process_creation, product: linux}
detection: {s: {process.name: sh}, condition: s}
breakwater:
  score: 80
  opener: true
  summary: "{process.command_line} by {user.name}"
  actors: ["user:{user.name}", "process:{process.entity_id}"]
  targets: ["node:{host.name}"]
---
title: Any process
id: 11111111-1111-4111-8111-111111111111
level: low
logsource: {product: linux}
detection: {s: {process.name|exists: true}, condition: s}
---
title: Two shells
id: 33333333-3333-4333-8333-333333333333
level: high
correlation: {type: value_count, rules: [shell], group-by: [host.name], timespan: 5m, condition: {field: process.entity_id, gte: 2}}
`),
);

const event: NormalisedEvent = {
  id: 'e',
  hash: 'h',
  scope: 'default',
  family: 'runtime',
  format: 'tetragon',
  dataset: 'tetragon.events',
  time_ns: 0n,
  source: { topic: 'raw.runtime', partition: 0, offset: 0n },
  actors: ['pod:1'],
  targets: [],
  marks: [],
  facts: [],
  descriptions: [],
  document: {
    event: { category: ['process'], type: ['start'] },
    process: { name: 'sh', command_line: 'sh -c id', entity_id: 'x1' },
  },
};

test('one mark for each rule, in the order of ids, with what the rule says', () => {
  const marks = detector.detect(event);
  expect(marks.map(({ rule, class: kind }) => [rule.title, kind])).toEqual([
    ['Any process', 'attach'],
    ['Shell', 'bridge'],
  ]);
  expect(marks[1]).toMatchObject({
    rule: { id: '22222222-2222-4222-8222-222222222222', title: 'Shell', level: 'high', origin: 'sigma' },
    score: 80,
    opener: true,
    tactics: ['execution', 'privilege-escalation'],
    techniques: ['T1059.004'],
    summary: 'sh -c id by ?',
    actors: ['process:x1'],
    targets: undefined,
  });
});

test('events of another log source are not marked', () => {
  const document = { ...event.document, event: { category: ['file'], type: ['creation'] } };
  expect(detector.detect({ ...event, document }).map(({ rule }) => rule.title)).toEqual(['Any process']);
});

test('names the fields that correlations need of signals', () => {
  expect(detector.signal_fields).toEqual(['host.name', 'process.entity_id']);
});
