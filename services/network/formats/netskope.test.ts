import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { netskope } from './netskope.ts';

const access = {
  _id: 'e03c',
  action: 'allow',
  app: '[kube-api]',
  dsthost: 'kubeapi.acme.example',
  dstip: '10.20.0.5',
  dstport: 6443,
  ip_protocol: 'TCP',
  network_session_id: '10311492756218252835',
  srcport: 4470,
  timestamp: 1_793_608_822,
  traffic_type: 'PrivateApp',
  type: 'network',
  ur_normalized: 'Ann@acme.example',
  user: 'Ann@acme.example',
  userip: '203.0.113.47',
};

test('private access: person, session and address act on our server, not on its public domain', () => {
  const draft = draftOf(netskope, access);
  expect(draft.actors).toEqual([
    'user:ann@acme.example',
    'session:10311492756218252835',
    'external:203.0.113.47',
    'connection:tcp/*:6443-203.0.113.47:4470',
  ]);
  expect(draft.targets).toEqual(['ip:10.20.0.5']);
  expect(draft.marks).toBeUndefined();
  expect(draft.dedupe_key).toBe('network|e03c');
});

const alert = {
  _id: '77aa',
  action: 'alert',
  alert: 'yes',
  alert_name: 'Gen.Malware.Detect',
  alert_type: 'Malware',
  app: 'Dropbox',
  domain: 'dl.filedrop.example',
  dstip: '198.51.100.20',
  timestamp: 1_793_608_822,
  type: 'malware',
  ur_normalized: 'ann@acme.example',
  url: 'https://dl.filedrop.example/in/x.exe',
  user: 'ann@acme.example',
};

test.each([
  [{}, 'high'],
  [{ action: 'block' }, 'medium'],
  [{ alert_type: 'DLP' }, 'low'],
  [{ alert_type: 'Something New' }, 'low'],
])('an alert with %j is %s', (change, level) => {
  expect(draftOf(netskope, { ...alert, ...change }).marks?.[0]?.rule.level).toBe(level);
});

test('what people reach on the web is outside', () => {
  expect(draftOf(netskope, alert).targets).toEqual(['external:198.51.100.20', 'external:filedrop.example']);
});

test('administration is configuration', () => {
  const draft = draftOf(netskope, {
    _id: '1',
    audit_log_event: 'Login Successful',
    timestamp: '2023-12-11 15:25:31.000000000',
    type: 'admin_audit_logs',
    user: 'root@acme.example',
  });
  expect(draft.time_ns).toBe(1_702_308_331_000_000_000n);
  expect(draft.document.event?.category).toEqual(['configuration']);
  expect(draft.document.message).toBe('root@acme.example: Login Successful (Netskope admin_audit_logs)');
});
