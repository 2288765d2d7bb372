import { expect, test } from 'vitest';
import { draftOf, draftsOf, testContext } from '#shared/ingest/testing/drafts-of.ts';
import { envoy } from './envoy.ts';

const inbound = {
  start_time: '2026-11-02T08:40:00.409Z',
  method: 'POST',
  path: '/api/v1/items?x=1',
  protocol: 'HTTP/1.1',
  response_code: 200,
  response_flags: '-',
  response_code_details: 'via_upstream',
  bytes_received: 512,
  bytes_sent: 135,
  duration: 4,
  x_forwarded_for: '203.0.113.66',
  user_agent: 'python-requests/2.32.3',
  request_id: '84961386',
  authority: 'www.shop.example',
  upstream_host: '10.244.4.33:8080',
  upstream_cluster: 'inbound|8080||',
  upstream_local_address: '127.0.0.6:41854',
  downstream_local_address: '10.244.4.33:8080',
  downstream_remote_address: '10.20.0.11:37652',
};

const shipper = {
  pod_name: 'storefront-7d9-pr5ct',
  namespace: 'shop',
  pod_uid: '1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a',
  node_name: 'worker-04',
};
const inPod = { ...testContext, shipper };

test('before a server: the caller and the client behind it act on the pod of the proxy', () => {
  const draft = draftOf(envoy, inbound, inPod);
  expect(draft.actors).toEqual([
    'ip:10.20.0.11',
    'external:203.0.113.66',
    'connection:tcp/10.20.0.11:37652-10.244.4.33:8080',
  ]);
  expect(draft.targets).toEqual([
    'pod:1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a',
    'pod_name:shop/storefront-7d9-pr5ct',
  ]);
  expect(draft.document).toMatchObject({
    client: { ip: '203.0.113.66' },
    url: { path: '/api/v1/items', query: 'x=1' },
    http: { request: { method: 'POST' }, response: { status_code: 200 } },
  });
});

const outbound = {
  ...inbound,
  method: 'GET',
  x_forwarded_for: null,
  upstream_cluster: 'outbound|8080||ledger.payments.svc.cluster.local',
  upstream_host: '10.244.3.35:8080',
  upstream_local_address: '10.244.4.33:48112',
  downstream_local_address: '10.96.12.9:8080',
  downstream_remote_address: '10.244.4.33:52008',
};

test('before a client: its pod acts on whom the proxy chose, not on the virtual address', () => {
  const draft = draftOf(envoy, outbound, inPod);
  expect(draft.actors).toContain('pod_name:shop/storefront-7d9-pr5ct');
  expect(draft.actors).toContain('connection:tcp/10.244.3.35:8080-10.244.4.33:48112');
  expect(draft.targets).toEqual(['ip:10.244.3.35']);
  expect(draft.document.kubernetes?.service?.name).toBe('ledger');
});

test('without metadata of the shipper the addresses act', () => {
  expect(draftOf(envoy, outbound).actors[0]).toBe('ip:10.244.4.33');
});

test.each([
  ['rbac_access_denied_matched_policy[none]', 'low'],
  ['ext_authz_denied', 'low'],
  ['via_upstream', undefined],
])('403 because of %s', (response_code_details, level) => {
  const draft = draftOf(envoy, { ...inbound, response_code: 403, response_code_details });
  expect(draft.marks?.[0]?.rule.level).toBe(level);
  expect(draft.document.event?.outcome).toBe('failure');
});

const text =
  '[2026-11-02T08:40:00.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 3 "-" "curl \\"x\\"" "84961386" "httpbin:8000" "10.44.1.27:80" outbound|8000||httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 - default';

test('the text has the same fields', () => {
  const [draft, second] = draftsOf(envoy, `${text}\n${text.replace('84961386', '84961387')}`);
  expect(draft?.actors).toEqual(['ip:10.44.1.23', 'connection:tcp/10.44.1.23:37652-10.44.1.27:80']);
  expect(draft?.document.message).toBe('10.44.1.23:37652 to 10.44.1.27:80: GET httpbin:8000/status/418 418');
  expect(draft?.document.user_agent?.original).toBe('curl "x"');
  expect(draft?.dedupe_key).not.toBe(second?.dedupe_key);
});

test('a connection without requests is one of the transport', () => {
  const line =
    '[2026-11-02T08:40:00.409Z] "- - -" 0 - - - "-" 1200 3400 90 - "-" "-" "-" "-" "198.51.100.9:443" PassthroughCluster 10.44.1.23:37652 198.51.100.9:443 10.44.1.23:37652 - -';
  const [draft] = draftsOf(envoy, line);
  expect(draft?.document.event).toMatchObject({ category: ['network'], type: ['connection', 'end'] });
  expect(draft?.targets).toEqual(['external:198.51.100.9']);
});
