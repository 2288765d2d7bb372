import { expect, test } from 'vitest';
import type { AuditRecord, Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import { splitFacts } from '#shared/ledger/records/leaf.ts';
import { detectionOf, withoutNames } from './derived-records.ts';

const secret = Buffer.alloc(32, 3);
const signal: Signal = {
  id: 'SIGNAL',
  scope: 'acme/eu1',
  time_ns: 5n,
  family: 'runtime',
  rule: { id: 'r1', title: 'A rule', level: 'high', origin: 'sigma' },
  score: 50,
  tactics: [],
  techniques: [],
  actors: ['container:0123456789ab', 'user:alice@example.com'],
  targets: ['external:203.0.113.7'],
  class: 'bridge',
  opener: false,
  event: { id: 'EVENT', hash: '00'.repeat(32), dataset: 'falco.alerts' },
  summary: 'alice did something',
  fields: {
    'container.image.name': 'registry.example/shop/web',
    'container.image.tag': '1.2',
    'container.image.hash.all': 'sha256:aa',
    'orchestrator.namespace': 'shop',
    'user.name': 'alice@example.com',
  },
  parts: [],
};
const record = { topic: 'signals', partition: 0, offset: 0n, timestamp_ms: 0, key: undefined, headers: {} };

test('a detection can be found by image, namespace and subject, and names nobody', () => {
  const derived = detectionOf({ ...record, value: codecs.signal.encode(signal) }, secret);
  if (derived.kind !== 'value' || derived.value === undefined) throw new Error('no leaf');
  const { shown, hidden } = splitFacts(derived.value.type, derived.value.facts);
  expect(hidden).toEqual({});
  expect(shown).toMatchObject({
    images: 'registry.example/shop/web:1.2 sha256:aa',
    namespaces: 'shop',
    subjects: [
      'container:0123456789ab',
      leafPseudonym(secret, 'acme/eu1', 'alice@example.com'),
      leafPseudonym(secret, 'acme/eu1', '203.0.113.7'),
    ].join(' '),
  });
  expect(JSON.stringify(shown)).not.toMatch(/alice|203\.0/);
});

test('what says nothing alone has no leaf', () => {
  const value = codecs.signal.encode({ ...signal, score: 0 });
  expect(detectionOf({ ...record, value }, secret)).toEqual({ kind: 'value', value: undefined });
});

test('entities that a producer lists become facts without names', () => {
  const reported: AuditRecord = {
    tenant: 'acme',
    producer: 'correlator/1',
    sequence: 0n,
    time_ns: 1n,
    type: 'incident.opened',
    outcome: 'success',
    facts: { incident: 'i1', entities: 'user:alice\nworkload:shop/Deployment/web' },
    body: null,
  };
  expect(withoutNames(reported, secret).facts).toEqual({
    incident: 'i1',
    subjects: `${leafPseudonym(secret, 'acme', 'alice')} workload:shop/Deployment/web`,
    namespaces: 'shop',
  });
});
