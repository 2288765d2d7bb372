import { expect, test } from 'vitest';
import { draftOf, draftsOf } from '#shared/ingest/testing/drafts-of.ts';
import { paloalto } from './paloalto.ts';

const traffic = {
  LogType: 'TRAFFIC',
  Subtype: 'end',
  TimeGenerated: '2026-11-02T08:41:23.000000Z',
  DeviceSN: '007',
  SourceAddress: '10.30.4.9',
  DestinationAddress: '10.20.0.5',
  SourceUser: 'acme\\Ann',
  Application: 'ssl',
  SourcePort: 51_547,
  DestinationPort: 6443,
  Protocol: 'tcp',
  Action: 'allow',
  SequenceNo: 20_397_927,
};

test('person and connection act on the server', () => {
  const draft = draftOf(paloalto, traffic);
  expect(draft.actors).toEqual(['user:ann', 'ip:10.30.4.9', 'connection:tcp/10.20.0.5:6443-10.30.4.9:51547']);
  expect(draft.targets).toEqual(['ip:10.20.0.5']);
  expect(draft.marks).toBeUndefined();
  expect(draft.dedupe_key).toContain('20397927');
});

const threat = {
  ...traffic,
  LogType: 'THREAT',
  Subtype: 'spyware',
  Action: 'alert',
  ThreatID: 'Beacon Command and Control Traffic(86123)',
  VendorSeverity: 'critical',
  DestinationAddress: '198.51.100.9',
};

test.each([
  ['of a client inside', {}, 'critical'],
  ['that was stopped', { Action: 'reset-both' }, 'high'],
  ['that was sinkholed', { Action: 'sinkhole' }, 'high'],
  [
    'that tries a vulnerability from outside',
    { SourceAddress: '203.0.113.9', Subtype: 'vulnerability' },
    'low',
  ],
  ['without a severity', { VendorSeverity: '' }, 'low'],
])('a threat %s', (_, change, level) => {
  const [mark] = draftOf(paloalto, { ...threat, ...change }).marks ?? [];
  expect(mark?.rule).toMatchObject({ id: 'paloalto/86123', level });
});

test('a quoted field of a line may hold commas', () => {
  const fields = [
    '1,2026/11/02 08:41:23,007,THREAT,url,2561,2026/11/02 08:41:23,10.30.4.9,198.51.100.9,0.0.0.0,0.0.0.0',
    'rule,acme\\ann,,web-browsing,vsys1,trust,untrust,eth1,eth2,fwd,2026/11/02 08:41:23,1,1,51547,443,0,0,0x0',
    'tcp,block-url,"www.example.com/a,b",(9999),any,high,client-to-server,72,0x0,Spain,France',
  ].join(',');
  const [draft] = draftsOf(paloalto, `<14>Nov  2 08:41:23 fw ${fields}`);
  expect(draft?.document.source).toMatchObject({ ip: '10.30.4.9', port: 51_547 });
  expect(draft?.document).toMatchObject({ paloalto: { file_name: 'www.example.com/a,b' } });
  expect(draft?.document.event?.action).toBe('block-url');
});
