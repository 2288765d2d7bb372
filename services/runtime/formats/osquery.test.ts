import { expect, test } from 'vitest';
import { draftOf, draftsOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { osquery } from './osquery.ts';

const result = {
  name: 'pack_network_open_sockets',
  hostIdentifier: 'worker-05',
  unixTime: 1_793_608_822,
  epoch: 0,
  counter: 17,
};
const socket = {
  cmdline: '/usr/bin/nc 198.51.100.9 4444',
  local_address: '10.20.0.15',
  local_port: '40112',
  path: '/usr/bin/nc',
  pid: '4711',
  protocol: '6',
  remote_address: '198.51.100.9',
  remote_port: '4444',
};

test('a socket: process and node act on the address', () => {
  const draft = draftOf(osquery, { ...result, action: 'added', columns: socket });
  expect(draft.actors).toEqual(['process:worker-05/4711', 'node:worker-05']);
  expect(draft.targets).toEqual(['external:198.51.100.9']);
  expect(draft.document).toMatchObject({
    event: { category: ['network'], type: ['connection', 'start'] },
    process: { pid: 4711, name: 'nc' },
    network: { transport: 'tcp' },
  });
});

test.each([
  ['added', { pid: '1', name: 'init' }, ['process'], ['start']],
  ['removed', { pid: '1', name: 'init' }, ['process'], ['end']],
  ['removed', socket, ['network'], ['connection', 'end']],
  ['added', { target_path: '/etc/passwd', action: 'UPDATED' }, ['file'], ['change']],
  ['added', { username: 'ann', uid: '1000' }, ['host'], ['change']],
])('%s %j', (action, columns, category, type) => {
  const draft = draftOf(osquery, { ...result, action, columns });
  expect(draft.document.event).toMatchObject({ category, type, action });
});

test('each difference of a batch is an event', () => {
  const rows = { added: [{ pid: '2' }, { pid: '3' }], removed: [{ pid: '1' }] };
  const drafts = draftsOf(osquery, { ...result, diffResults: rows });
  expect(drafts.map(({ document }) => document.event?.action)).toEqual(['added', 'added', 'removed']);
  expect(new Set(drafts.map(({ dedupe_key }) => dedupe_key)).size).toBe(3);
});

test('a batch without differences gives none', () => {
  expect(resultOf(osquery, { ...result, diffResults: { added: [], removed: [] } })).toEqual({
    kind: 'drop',
    reason: 'osquery.no_difference',
  });
});

test('a batch of more rows than events are made of stays together', () => {
  const added = Array.from({ length: 1_001 }, (_, pid) => ({ pid: String(pid) }));
  const draft = draftOf(osquery, { ...result, diffResults: { added } });
  expect(draft.document.message).toBe(
    'osquery pack_network_open_sockets: differences of 1001 rows on host worker-05',
  );
});

test('a snapshot is a state, of nobody', () => {
  const draft = draftOf(osquery, { ...result, action: 'snapshot', snapshot: [{ pid: '1' }, { pid: '51' }] });
  expect(draft.document.event?.kind).toBe('state');
  expect(draft.actors).toEqual([]);
});
