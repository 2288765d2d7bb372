import { expect, test } from 'vitest';
import { draftOf, draftsOf } from '#shared/ingest/testing/drafts-of.ts';
import { cloudflare } from './cloudflare.ts';

const blocked = {
  AccountID: 'a1',
  Action: 'block',
  Datetime: '2026-11-02T08:40:22Z',
  DestinationIP: '198.51.100.180',
  DestinationPort: 4443,
  DetectedProtocol: 'tls',
  DeviceID: 'd-77',
  Email: 'Ann@acme.example',
  PolicyID: 'p1',
  PolicyName: 'Block new domains',
  SNI: 'x.cdn-telemetry.example',
  SessionID: '187ee08b7d00003d',
  SourceIP: '203.0.113.47',
  SourcePort: 54_945,
  Transport: 'tcp',
};

test('gateway: person and session act on address and domain', () => {
  const draft = draftOf(cloudflare, blocked);
  expect(draft.dataset).toBe('cloudflare.gateway_network');
  expect(draft.actors.slice(0, 3)).toEqual([
    'user:ann@acme.example',
    'session:187ee08b7d00003d',
    'external:203.0.113.47',
  ]);
  expect(draft.targets).toEqual(['external:198.51.100.180', 'external:cdn-telemetry.example']);
  expect(draft.marks?.[0]?.rule.level).toBe('low');
});

const login = {
  Action: 'login',
  Allowed: true,
  AppDomain: 'grafana.acme.example/admin',
  AppUUID: 'df7e',
  CreatedAt: 1_793_608_822_123_456_789n,
  Email: 'diego@acme.example',
  IPAddress: '198.51.100.77',
  Country: 'ro',
  RayID: '187d944c61940c77',
};

/** As Logpush writes it: a number with more digits than JavaScript keeps. */
const written = (record: object): string =>
  JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? String(value) : value)).replace(
    `"${login.CreatedAt}"`,
    String(login.CreatedAt),
  );

test('access: nanoseconds survive, our application is no one outside', () => {
  const draft = draftOf(cloudflare, written(login));
  expect(draft.time_ns).toBe(login.CreatedAt);
  expect(draft.targets).toEqual([]);
  expect(draft.marks).toBeUndefined();
  expect(draft.document.source?.geo?.country_iso_code).toBe('RO');
});

test('a person who was refused is a low verdict', () => {
  const draft = draftOf(cloudflare, written({ ...login, Allowed: false }));
  expect(draft.marks?.[0]?.rule.title).toBe('Access refused a person');
  expect(draft.document.event).toMatchObject({ outcome: 'failure' });
});

test('what the edge refuses is the weather', () => {
  const draft = draftOf(cloudflare, {
    ClientIP: '203.0.113.9',
    ClientRequestHost: 'www.acme.example',
    ClientRequestMethod: 'GET',
    ClientRequestURI: '/wp-login.php',
    EdgeResponseStatus: 403,
    EdgeStartTimestamp: '2026-11-02T08:40:22Z',
    RayID: '1',
    SecurityAction: 'block',
  });
  expect(draft.dataset).toBe('cloudflare.http_requests');
  expect(draft.marks).toBeUndefined();
});

test('an answer of the Access API holds several', () => {
  const one = {
    user_email: 'ann@acme.example',
    ip_address: '203.0.113.47',
    app_uid: 'u',
    app_domain: 'git.acme.example',
    action: 'login',
    allowed: true,
    created_at: '2026-11-02T08:40:22Z',
    ray_id: 'r1',
  };
  const drafts = draftsOf(cloudflare, { success: true, result: [one, { ...one, ray_id: 'r2' }] });
  expect(drafts.map(({ actors }) => actors[0])).toEqual(['user:ann@acme.example', 'user:ann@acme.example']);
  expect(new Set(drafts.map(({ dedupe_key }) => dedupe_key)).size).toBe(2);
});
