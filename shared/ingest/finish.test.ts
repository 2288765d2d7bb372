import { expect, test } from 'vitest';
import { communityId } from '#shared/event/community-id.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import { finish } from './finish.ts';

const source = { ip: '10.0.0.1', port: 40_000 };
const destination = { ip: '203.0.113.9', port: 443 };
const own = '1:LQU9qZlK+B5F3KDmev6m5PMibrg=';

function finished(network: EcsDocument['network'], to: { ip: string; port?: number } = destination) {
  const draft: Draft = {
    time_ns: undefined,
    dataset: 'probe.flows',
    dedupe_key: 'k',
    document: { network, source, destination: to },
    actors: [],
    targets: [],
  };
  const part = { format: 'probe', position: '0.0', original: undefined, shipper: undefined, redacted: [] };
  return finish(draft, part, {
    scope: 'default',
    family: 'network',
    namespace: 'default',
    source: { topic: 'raw.network', partition: 0, offset: 0n },
    hash: 'h',
    arrival_ns: 1n,
    ingested: '2026-11-02T12:00:00.000000000Z',
  }).document.network;
}

test('a connection has its community id', () => {
  expect(finished({ transport: 'tcp' })).toEqual({
    transport: 'tcp',
    community_id: communityId('tcp', source, destination),
  });
});

test('the id that a tool gave stays, unless it is none', () => {
  expect(finished({ transport: 'tcp', community_id: own })?.community_id).toBe(own);
  expect(finished({ transport: 'tcp', community_id: 'xx' })?.community_id).toMatch(/^1:/);
});

test('what is not known to be a connection has none', () => {
  expect(finished({ transport: 'tcp' }, { ip: destination.ip })?.community_id).toBeUndefined();
  expect(finished({ transport: 'icmp' })?.community_id).toBeUndefined();
  expect(finished({ protocol: 'http' })?.community_id).toBeUndefined();
  expect(finished(undefined)).toBeUndefined();
});
