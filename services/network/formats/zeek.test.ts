import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { zeek } from './zeek.ts';

const connection = {
  ts: 1_793_608_822.5,
  uid: 'CbD9Ha1J',
  'id.orig_h': '10.20.0.15',
  'id.orig_p': 60_595,
  'id.resp_h': '10.20.0.30',
  'id.resp_p': 445,
  proto: 'tcp',
};

const flow = 'connection:tcp/10.20.0.15:60595-10.20.0.30:445';

test.each([
  ['dotted', { ...connection, _path: 'conn' }],
  [
    'flattened',
    {
      '@proc': 'zeek',
      '@stream': 'conn',
      ts: connection.ts,
      uid: connection.uid,
      id_orig_h: '10.20.0.15',
      id_orig_p: 60_595,
      id_resp_h: '10.20.0.30',
      id_resp_p: 445,
      proto: 'tcp',
    },
  ],
  ['around it', { conn: connection }],
  ['not at all', { ...connection, conn_state: 'SF' }],
])('the path is %s in the record', (_, record) => {
  const draft = draftOf(zeek, record);
  expect(draft.actors).toEqual(['ip:10.20.0.15', flow]);
  expect(draft.targets).toEqual(['ip:10.20.0.30']);
  expect(draft.document.event?.provider).toBe('conn');
  expect(draft.time_ns).toBe(1_793_608_822_500_000_000n);
});

test('a connection lasts', () => {
  const { event } = draftOf(zeek, { ...connection, _path: 'conn', duration: 1.5 }).document;
  expect(event).toMatchObject({ duration: 1.5e9, end: '2026-11-02T08:40:24.000000000Z' });
});

test('a length beyond reason is left out', () => {
  const { event } = draftOf(zeek, { ...connection, _path: 'conn', duration: 1e12 }).document;
  expect(event?.duration).toBeUndefined();
});

test('an answer says whose name an address outside is', () => {
  const draft = draftOf(zeek, {
    ...connection,
    _path: 'dns',
    proto: 'udp',
    query: 'a.cdn.example.com',
    qtype_name: 'A',
    answers: ['edge.example.net', '198.51.100.180', '10.0.0.4'],
    TTLs: [300, 60, 60],
    rcode: 0,
  });
  expect(draft.facts?.map(({ a, relation, b }) => `${a} ${relation} ${b}`)).toEqual([
    'external:198.51.100.180 is external:example.com',
  ]);
  expect(draft.document.dns?.resolved_ip).toEqual(['198.51.100.180', '10.0.0.4']);
});

test.each([
  ['SSH::Login_By_Password_Guesser', 'high'],
  ['SSL::Invalid_Server_Cert', 'informational'],
  ['Site::Something', 'low'],
])('the notice %s is %s', (note, level) => {
  const draft = draftOf(zeek, { ...connection, _path: 'notice', note, msg: 'seen' });
  expect(draft.marks?.[0]?.rule).toMatchObject({ id: `zeek/${note}`, level });
  expect(draft.document.event?.kind).toBe('alert');
});

test('everything but notices is telemetry', () => {
  expect(draftOf(zeek, { ...connection, _path: 'weird', name: 'bad_TCP_checksum' }).marks).toBeUndefined();
});

test('passwords stay out', () => {
  const draft = draftOf(zeek, { ...connection, _path: 'ftp', user: 'ann', password: 'hunter2' });
  expect(JSON.stringify(draft.document)).not.toContain('hunter2');
  expect(draft.document.user?.name).toBe('ann');
});

test('the client behind a proxy acts, too', () => {
  const draft = draftOf(zeek, {
    ...connection,
    _path: 'http',
    method: 'GET',
    host: 'www.shop.example',
    uri: '/',
    proxied: ['X-FORWARDED-FOR -> 203.0.113.66'],
  });
  expect(draft.actors).toContain('external:203.0.113.66');
});

test('logs of one connection are told apart', () => {
  const query = { ...connection, _path: 'dns', proto: 'udp', query: 'a.example.com', trans_id: 1 };
  const keys = [query, { ...query, trans_id: 2 }, { ...connection, _path: 'conn' }].map(
    (record) => draftOf(zeek, record).dedupe_key,
  );
  expect(new Set(keys).size).toBe(3);
});
