import { expect, test } from 'vitest';
import { draftOf, draftsOf } from '#shared/ingest/testing/drafts-of.ts';
import { ztunnel } from './ztunnel.ts';

const refused = {
  level: 'error',
  time: '2026-11-02T08:41:03.203349Z',
  scope: 'access',
  message: 'connection complete',
  'src.addr': '10.244.4.33:43847',
  'src.workload': 'storefront-7d9-pr5ct',
  'src.namespace': 'shop',
  'src.identity': 'spiffe://cluster.local/ns/shop/sa/storefront',
  'dst.addr': '10.244.3.35:15008',
  'dst.hbone_addr': '10.244.3.35:8080',
  'dst.service': 'ledger.payments.svc.cluster.local',
  'dst.workload': 'ledger-hvq-2kw6x',
  'dst.namespace': 'payments',
  'dst.identity': 'spiffe://cluster.local/ns/payments/sa/ledger',
  direction: 'inbound',
  bytes_sent: 0,
  bytes_recv: 0,
  duration: '12ms',
  error: 'connection closed due to policy rejection: allow policies exist, but none allowed',
};

const line = (message: string, fields: string): string =>
  `2024-04-12T10:17:44.080629Z\tinfo\taccess\t${message}\t${fields}`;

test('pod, service account and connection act on the pod behind the tunnel', () => {
  const draft = draftOf(ztunnel, refused);
  expect(draft.actors).toEqual([
    'pod_name:shop/storefront-7d9-pr5ct',
    'serviceaccount:shop/storefront',
    'connection:tcp/10.244.3.35:8080-10.244.4.33:43847',
  ]);
  expect(draft.targets).toEqual(['pod_name:payments/ledger-hvq-2kw6x']);
  expect(draft.document.destination).toMatchObject({ ip: '10.244.3.35', port: 8080 });
  expect(draft.document.event?.duration).toBe(12_000_000);
});

test('a refusal by policy is a low verdict', () => {
  const draft = draftOf(ztunnel, refused);
  expect(draft.marks?.[0]?.rule.level).toBe('low');
  expect(draft.document.event).toMatchObject({ type: ['connection', 'end', 'denied'], outcome: 'failure' });
});

test('another failure is none', () => {
  const draft = draftOf(ztunnel, { ...refused, error: 'http status: 503 Service Unavailable' });
  expect(draft.marks).toBeUndefined();
  expect(draft.document.event?.outcome).toBe('failure');
});

test('the certain namespace is that of the identity', () => {
  const draft = draftOf(ztunnel, { ...refused, 'dst.namespace': 'elsewhere' });
  expect(draft.targets).toEqual(['pod_name:payments/ledger-hvq-2kw6x']);
});

test('an end outside the mesh is its address', () => {
  const [draft] = draftsOf(
    ztunnel,
    line('connection opened', 'src.addr=203.0.113.9:40112 dst.addr=10.244.0.14:8080 direction="inbound"'),
  );
  expect(draft?.actors).toEqual(['external:203.0.113.9', 'connection:tcp/*:8080-203.0.113.9:40112']);
  expect(draft?.targets).toEqual(['ip:10.244.0.14']);
  expect(draft?.document.event?.type).toEqual(['connection', 'start', 'allowed']);
});

test('every line of a text is a connection', () => {
  const one = line('connection complete', 'src.addr=10.0.0.1:80 dst.addr=10.0.0.2:80');
  expect(draftsOf(ztunnel, `${one}\n${one}\nnot a connection`)).toHaveLength(2);
});

test('the default account of a namespace is everybody', () => {
  const draft = draftOf(ztunnel, {
    ...refused,
    'src.identity': 'spiffe://cluster.local/ns/shop/sa/default',
  });
  expect(draft.actors).not.toContain('serviceaccount:shop/default');
});
