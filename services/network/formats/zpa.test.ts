import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { zpa } from './zpa.ts';

const active = {
  LogTimestamp: 'Mon Nov  2 08:55:00 2026',
  Customer: 'Acme',
  SessionID: 'B5dftw4h',
  ConnectionID: 'B5dftw4h,RbKrPGMp',
  InternalReason: 'OPEN_OR_ACTIVE_CONNECTION',
  ConnectionStatus: 'active',
  IPProtocol: 6,
  Username: 'Diego.Ortega@acme.example',
  ServicePort: 6443,
  ClientPublicIP: '198.51.100.77',
  ClientCountryCode: 'RO',
  Policy: 'Allow Kubernetes API',
  ConnectorIP: '10.20.0.251',
  ConnectorPort: 27251,
  Host: 'kubeapi.acme.example',
  Application: 'kube-api',
  Server: '0',
  ServerIP: '10.20.0.5',
  ServerPort: 6443,
  TimestampConnectionStart: '2026-11-02T08:55:00.660Z',
  TimestampConnectionEnd: '',
  ZENTotalBytesRxClient: 5904,
  ZENTotalBytesTxClient: 49601,
};

test('person, session and address act on the server', () => {
  const draft = draftOf(zpa, active);
  expect(draft.actors).toEqual([
    'user:diego.ortega@acme.example',
    'session:B5dftw4h',
    'external:198.51.100.77',
    'connection:tcp/10.20.0.251:27251-10.20.0.5:6443',
  ]);
  expect(draft.targets).toEqual(['ip:10.20.0.5']);
  expect(draft.marks).toBeUndefined();
  expect(draft.document.message).toBe(
    'Diego.Ortega@acme.example from 198.51.100.77 (RO) to kube-api at 10.20.0.5:6443: active',
  );
});

test('the connection behind the connector belongs to the session, and the session to the person', () => {
  expect(draftOf(zpa, active).facts?.map(({ a, relation, b }) => `${a} ${relation} ${b}`)).toEqual([
    'session:B5dftw4h runs_as user:diego.ortega@acme.example',
    'connection:tcp/10.20.0.251:27251-10.20.0.5:6443 part_of session:B5dftw4h',
  ]);
});

test('the time is the finer notation of the same moment', () => {
  expect(draftOf(zpa, active).time_ns).toBe(1_793_609_700_660_000_000n);
  const later = { ...active, LogTimestamp: 'Mon Nov  2 09:10:00 2026' };
  expect(draftOf(zpa, later).time_ns).toBe(1_793_610_600_000_000_000n);
  const closed = { ...later, ConnectionStatus: 'close', TimestampConnectionEnd: '2026-11-02T09:10:00.904Z' };
  expect(draftOf(zpa, closed).time_ns).toBe(1_793_610_600_904_000_000n);
});

test('a refusal by policy is a low verdict', () => {
  const refused = { ...active, InternalReason: 'BRK_MT_SETUP_FAIL_REJECTED_BY_POLICY', Policy: '0' };
  const draft = draftOf(zpa, refused);
  expect(draft.marks?.[0]?.rule.level).toBe('low');
  expect(draft.document.event).toMatchObject({ type: ['connection', 'denied'], outcome: 'failure' });
  expect(draft.document.rule).toBeUndefined();
});

test("ZPA's own clients are not people", () => {
  expect(draftOf(zpa, { ...active, Username: 'ZPA LSS Client' }).actors[0]).toBe('session:B5dftw4h');
});

test('records of one connection are different events', () => {
  const key = (fields: object) => draftOf(zpa, { ...active, ...fields }).dedupe_key;
  expect(key({})).not.toBe(key({ ConnectionStatus: 'close' }));
  expect(key({})).toBe(key({}));
});
