import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { Firsts } from './firsts.ts';

const flow: Signal = {
  id: 'a',
  scope: 'default',
  time_ns: 0n,
  family: 'network',
  rule: { id: 'contact', title: 'Contact', level: 'informational', origin: 'sigma' },
  score: 0,
  tactics: [],
  techniques: [],
  actors: ['pod_name:shop/web-1', 'connection:tcp/10.0.0.1:40000-10.0.0.2:5432'],
  targets: ['pod_name:data/postgres-0'],
  class: 'attach',
  opener: false,
  first_only: true,
  event: { id: 'e', hash: 'h', dataset: 'hubble.flows' },
  summary: 'shop/web-1 connected to data/postgres-0:5432',
  fields: { 'destination.port': '5432' },
  parts: [],
};
const request = (path: string): Signal['fields'] => ({
  'destination.port': '8080',
  'http.request.method': 'GET',
  'url.path': path,
});
const second_ns = 1_000_000_000n;

test('what was seen before is left out, also over another connection', () => {
  const firsts = new Firsts();
  expect(firsts.passes(flow)).toBe(true);
  const again: Signal = {
    ...flow,
    time_ns: second_ns,
    actors: ['pod_name:shop/web-1', 'connection:tcp/10.0.0.1:40001-10.0.0.2:5432'],
  };
  expect(firsts.passes(again)).toBe(false);
});

test.each<[string, Partial<Signal>]>([
  ['another port', { fields: { 'destination.port': '22' } }],
  ['another peer', { targets: ['pod_name:data/postgres-1'] }],
  ['another source', { actors: ['pod_name:shop/web-2'] }],
  ['another rule', { rule: { ...flow.rule, id: 'other' } }],
  ['another scope', { scope: 'other' }],
  ['a request', { fields: request('/admin') }],
  ['the next part of the day', { time_ns: 7n * 3600n * second_ns }],
  ['a signal of a rule that counts each', { first_only: false }],
])('%s passes', (_, given) => {
  const firsts = new Firsts();
  firsts.passes(flow);
  expect(firsts.passes({ ...flow, time_ns: second_ns, ...given })).toBe(true);
});

test.each([
  ['/users/12345/orders', '/users/99876/orders', false],
  ['/v1/models', '/v1/models/fraud/7', false],
  ['/v1/models', '/v1/users', true],
])('a request of %s, then of %s: another kind is %s', (one, other, isOther) => {
  const firsts = new Firsts();
  firsts.passes({ ...flow, fields: request(one) });
  expect(firsts.passes({ ...flow, time_ns: second_ns, fields: request(other) })).toBe(isOther);
});

test('the earliest comes through in any order', () => {
  const times = fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(times, (all) => {
      const firsts = new Firsts();
      const passed = all.filter((seconds) => firsts.passes({ ...flow, time_ns: seconds * second_ns }));
      const least = (list: readonly bigint[]): bigint | undefined =>
        list.toSorted((a, b) => Number(a - b))[0];
      expect(least(passed)).toBe(least(all));
    }),
  );
});
