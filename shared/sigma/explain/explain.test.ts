import { expect, test } from 'vitest';
import { setOfText } from '../testing/build.ts';
import { explain } from './explain.ts';
import { explanationText } from './text.ts';

const [rule] = setOfText(`
title: Shell that fetches
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {product: linux, category: process_creation}
detection:
  shell:
    process.name: [sh, bash]
    process.args|contains|all: [-c, curl]
  user_root: {user.name: root}
  filter_ci: {container.id: null}
  filter_net: {source.ip|cidr: 10.0.0.0/8}
  condition: shell and 1 of user_* and not 1 of filter_*
`).rules;
if (rule === undefined) throw new Error('no rule');

const event = {
  process: { name: 'BASH', args: ['-c', 'curl x'] },
  user: { name: 'root' },
  container: { id: 'c1' },
};
const linux = { product: 'linux' };

test('for a match: every item that it rests on, with the value that matched', () => {
  expect(explanationText(explain(rule, linux, event)).split('\n')).toEqual([
    'Shell that fetches (11111111-1111-4111-8111-111111111111) matches',
    '  shell: process.name: bash holds for "BASH" (rules.yml:8)',
    '  shell: process.args|contains|all: -c holds for "-c" (rules.yml:9)',
    '  shell: process.args|contains|all: curl holds for "curl x" (rules.yml:9)',
    '  1 of user_* > user_root: user.name: root holds for "root" (rules.yml:10)',
    '  not > 1 of filter_* > filter_ci: container.id: null fails for "c1" (rules.yml:11)',
    '  not > 1 of filter_* > filter_net: source.ip|cidr: 10.0.0.0/8 fails: the event has no source.ip (rules.yml:12)',
  ]);
});

test.each<[object, string]>([
  [{ ...event, process: { name: 'zsh' } }, 'shell: process.name fails for "zsh" (rules.yml:8)'],
  [
    { ...event, process: { name: 'sh' } },
    'shell: process.args|contains|all: -c fails: the event has no process.args (rules.yml:9)',
  ],
  [
    { ...event, user: {} },
    '1 of user_* > user_root: user.name: root fails: the event has no user.name (rules.yml:10)',
  ],
  [
    { ...event, source: { ip: ['192.0.2.1', '10.1.1.1'] } },
    'not > 1 of filter_* > filter_net: source.ip|cidr: 10.0.0.0/8 holds for "10.1.1.1" (rules.yml:12)',
  ],
])('for no match: the first thing that failed (%#)', (document, reason) => {
  const explanation = explain(rule, linux, document);
  expect(explanation.matches).toBe(false);
  expect(explanationText(explanation).split('\n')[1]).toBe(`  ${reason}`);
});

test('a log source that differs', () => {
  const explanation = explain(rule, { product: 'linux', category: 'file_event' }, event);
  expect(explanation).toMatchObject({
    matches: false,
    logsource_conflict: { rule: 'linux process_creation', event: 'linux file_event' },
  });
  expect(explanationText(explanation)).toContain(
    'its log source linux process_creation is not that of the event',
  );
});
