import { expect, test } from 'vitest';
import { draftOf, draftsOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { vpcflow } from './vpcflow.ts';

const eni = 'eni-0abc1234def567890';

test('the default format needs no header', () => {
  const draft = draftOf(
    vpcflow,
    `2 123456789010 ${eni} 10.0.1.57 10.0.2.80 49152 5432 6 20 4249 1793608800 1793608860 ACCEPT OK`,
  );
  expect(draft.time_ns).toBe(1_793_608_800_000_000_000n);
  expect(draft.actors).toEqual(['ip:10.0.1.57', 'connection:tcp/10.0.1.57:49152-10.0.2.80:5432']);
  expect(draft.targets).toEqual(['ip:10.0.2.80']);
  expect(draft.document.source).toMatchObject({ bytes: 4249, packets: 20 });
  expect(draft.document.cloud).toMatchObject({ provider: 'aws', account: { id: '123456789010' } });
});

const header =
  'version interface-id srcaddr dstaddr srcport dstport protocol start end action log-status pkt-srcaddr pkt-dstaddr';

test('a header names the fields of the lines below; behind translation the packet knows the ends', () => {
  const draft = draftOf(
    vpcflow,
    `${header}\n5 ${eni} 10.0.1.100 198.51.100.9 49152 443 6 1793608800 1793608860 ACCEPT OK 10.0.1.57 198.51.100.9`,
  );
  expect(draft.actors[0]).toBe('ip:10.0.1.57');
  expect(draft.document.source).toMatchObject({ ip: '10.0.1.57', nat: { ip: '10.0.1.100' } });
});

test('both directions of a connection name the same initiator', () => {
  const drafts = draftsOf(
    vpcflow,
    [
      header,
      `5 ${eni} 10.0.1.57 198.51.100.9 49152 443 6 1793608800 1793608860 ACCEPT OK - -`,
      `5 ${eni} 198.51.100.9 10.0.1.57 443 49152 6 1793608800 1793608860 ACCEPT OK - -`,
    ].join('\n'),
  );
  expect(drafts.map(({ actors }) => actors)).toEqual([drafts[0]?.actors, drafts[0]?.actors]);
  expect(drafts[1]?.targets).toEqual(['external:198.51.100.9']);
  expect(drafts[0]?.dedupe_key).not.toBe(drafts[1]?.dedupe_key);
});

test('a rejected flow is no verdict: security groups reject all day', () => {
  const draft = draftOf(vpcflow, {
    interfaceId: eni,
    srcAddr: '203.0.113.9',
    dstAddr: '10.0.1.57',
    dstPort: '22',
    srcPort: '40112',
    protocol: '6',
    start: 1_793_608_800,
    action: 'REJECT',
  });
  expect(draft.marks).toBeUndefined();
  expect(draft.document.event).toMatchObject({ type: ['connection', 'denied'], outcome: 'failure' });
});

test('an interface without traffic gives no event, one that was skipped says so', () => {
  const none = `2 123456789010 ${eni} - - - - - - - 1793608800 1793608860 - NODATA`;
  expect(resultOf(vpcflow, none)).toEqual({ kind: 'drop', reason: 'vpcflow.no_data' });
  const skipped = draftOf(vpcflow, none.replace('NODATA', 'SKIPDATA'));
  expect(skipped.document.message).toBe(`VPC flow logs of ${eni} were skipped`);
  expect(skipped.document.event?.severity).toBe(47);
});
