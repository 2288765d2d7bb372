import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Mark } from '#shared/event/format.ts';
import { Firsts } from './firsts.ts';

const mark: Mark = {
  rule: { id: 'contact', title: 'Contact', level: 'informational', origin: 'sigma' },
  first_only: true,
};
const document: EcsDocument = { event: { kind: 'event', category: ['network'], type: ['connection'] } };
const flow: NormalisedEvent = {
  id: 'a',
  hash: 'h',
  scope: 'default',
  family: 'network',
  format: 'hubble',
  dataset: 'hubble.flows',
  time_ns: 0n,
  source: { topic: 'raw.network', partition: 0, offset: 0n },
  actors: ['pod_name:shop/web-1', 'connection:tcp/10.0.0.1:40000-10.0.0.2:5432'],
  targets: ['pod_name:data/postgres-0'],
  marks: [],
  facts: [],
  descriptions: [],
  document: { ...document, destination: { port: 5432 } },
};
const second_ns = 1_000_000_000n;

function request(path: string): NormalisedEvent {
  const http = { request: { method: 'GET' } };
  return { ...flow, document: { ...document, destination: { port: 8080 }, http, url: { path } } };
}

/** Whether the second passes after the first. */
function passesAfter(first: NormalisedEvent, second: NormalisedEvent, by: Mark = mark): boolean {
  const firsts = new Firsts();
  firsts.passes(first, mark);
  return firsts.passes({ ...second, time_ns: second.time_ns + second_ns }, by);
}

describe('what counts only as the first of its kind', () => {
  it('is left out when it was seen before, also over another connection', () => {
    const connection = 'connection:tcp/10.0.0.1:40001-10.0.0.2:5432' as const;
    expect(new Firsts().passes(flow, mark)).toBe(true);
    expect(passesAfter(flow, { ...flow, actors: ['pod_name:shop/web-1', connection] })).toBe(false);
  });

  it('tells clients apart only where nobody else acts', () => {
    const from = (client: string, ...others: NormalisedEvent['actors']): NormalisedEvent => ({
      ...flow,
      actors: [...others, `external:${client}`],
    });
    expect(passesAfter(from('203.0.113.1'), from('203.0.113.2'))).toBe(true);
    expect(passesAfter(from('203.0.113.1', 'node:a'), from('203.0.113.2', 'node:a'))).toBe(false);
  });

  it.each<[string, Partial<NormalisedEvent>]>([
    ['another port', { document: { ...document, destination: { port: 22 } } }],
    ['another peer', { targets: ['pod_name:data/postgres-1'] }],
    ['another source', { actors: ['pod_name:shop/web-2'] }],
    ['another scope', { scope: 'other' }],
    ['a request', request('/admin')],
    ['the next part of the day', { time_ns: 7n * 3600n * second_ns }],
  ])('passes with %s', (_, given) => {
    expect(passesAfter(flow, { ...flow, ...given })).toBe(true);
  });

  it('passes for another rule, and always for a rule that counts each', () => {
    expect(passesAfter(flow, flow, { ...mark, rule: { ...mark.rule, id: 'other' } })).toBe(true);
    expect(passesAfter(flow, flow, { ...mark, first_only: false })).toBe(true);
  });

  it.each([
    ['/users/12345/orders', '/users/99876/orders', false],
    ['/v1/models', '/v1/models/fraud/7', false],
    ['/v1/models', '/v1/users', true],
  ])('a request of %s, then of %s: another kind is %s', (one, other, isOther) => {
    expect(passesAfter(request(one), request(other))).toBe(isOther);
  });
});

test('the earliest comes through in any order', () => {
  const times = fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 30 });
  const least = (list: readonly bigint[]): bigint | undefined => list.toSorted((a, b) => Number(a - b))[0];
  fc.assert(
    fc.property(times, (all) => {
      const firsts = new Firsts();
      const passed = all.filter((seconds) => firsts.passes({ ...flow, time_ns: seconds * second_ns }, mark));
      expect(least(passed)).toBe(least(all));
    }),
  );
});
