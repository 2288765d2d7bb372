import { expect, test } from 'vitest';
import { sentenceOf } from './sentence.ts';

const leaf = {
  outcome: 'success',
  producer: 'p',
  received_us: '0',
  sequence: '0',
  tenant: 'acme',
  time_us: '0',
};
const facts = { rule: 'r1', level: 'high', family: 'runtime', event: 'E1', signal: 'S1', parts: '2' };

test.each([
  ['detection.fired', { origin: 'sigma' }, 'rule r1 (high, runtime) marked event E1'],
  [
    'detection.fired',
    { origin: 'sigma', namespaces: 'shop' },
    'rule r1 (high, runtime) marked event E1 in shop',
  ],
  ['detection.fired', { origin: 'correlation' }, 'rule r1 (high, runtime) fired on 2 signals'],
  ['detection.withdrawn', { origin: 'correlation' }, 'rule r1 (high, runtime) no longer fires as S1'],
  ['audit.gap', {}, 'audit.gap (success)'],
])('%s with %o', (type, more, sentence) => {
  expect(sentenceOf({ ...leaf, type, facts: { ...facts, ...more } })).toBe(sentence);
});
