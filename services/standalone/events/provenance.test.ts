import { expect, test } from 'vitest';
import { admissionFormats } from '../../admission/formats/registry.ts';
import { readRecord } from '#shared/ingest/read-record.ts';
import { originsOf } from './provenance.ts';

test('tells for each field where its value came from', () => {
  const value = JSON.stringify({
    kind: 'Event',
    auditID: 'a1',
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username: 'alice' },
    sourceIPs: ['203.0.113.9'],
    objectRef: { resource: 'pods', namespace: 'shop', name: 'cart-1' },
    requestReceivedTimestamp: '2026-11-02T08:00:00.5Z',
  });
  const record = {
    topic: 'raw.admission',
    partition: 0,
    offset: 0n,
    timestamp_ms: Date.UTC(2026, 10, 2, 9),
    key: undefined,
    value: Buffer.from(value),
    headers: {},
  };
  const options = {
    family: 'admission',
    formats: admissionFormats,
    scope: 'default',
    namespace: 'x',
  } as const;
  const [event] = readRecord(record, record.value, '2026-11-02T09:00:00Z', options).events;
  if (event === undefined) throw new Error('no event');
  const origins = new Map(originsOf(event, value).map(({ field, origin }) => [field, origin]));
  expect(origins.get('user.name')).toBe('user.username');
  expect(origins.get('source.ip')).toBe('sourceIPs');
  expect(origins.get('@timestamp')).toBe('requestReceivedTimestamp');
  expect(origins.get('event.kind')).toBe('chosen by format k8s-audit');
  expect(origins.get('message')).toBe('derived by format k8s-audit');
  expect(origins.get('event.hash')).toBe('SHA-256 of the record as it came');
});
