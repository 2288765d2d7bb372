import { describe, expect, test } from 'vitest';
import type { Draft } from '#shared/event/format.ts';
import { draftOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { hubble } from './hubble.ts';

const cart = {
  identity: 12925,
  namespace: 'shop',
  labels: [
    'k8s:app=cart',
    'k8s:io.cilium.k8s.policy.serviceaccount=cart',
    'k8s:io.kubernetes.pod.namespace=shop',
  ],
  pod_name: 'cart-0',
  workloads: [{ name: 'cart', kind: 'Deployment' }],
};
const dns = { identity: 10319, namespace: 'kube-system', labels: [], pod_name: 'coredns-1' };
const world = { identity: 2, labels: ['reserved:world'] };
const host = { identity: 1, labels: ['reserved:host'] };

const request = {
  time: '2026-11-02T08:44:20.506774938Z',
  uuid: '7d3a455e',
  verdict: 'FORWARDED',
  IP: { source: '10.244.4.33', destination: '198.51.100.180', ipVersion: 'IPv4' },
  l4: { TCP: { source_port: 55213, destination_port: 4443, flags: { SYN: true } } },
  source: cart,
  destination: world,
  Type: 'L3_L4',
  node_name: 'kind-kind/kind-worker',
  is_reply: false,
  traffic_direction: 'EGRESS',
};

const reply = {
  ...request,
  uuid: 'ae24',
  IP: { source: '198.51.100.180', destination: '10.244.4.33', ipVersion: 'IPv4' },
  l4: { TCP: { source_port: 4443, destination_port: 55213, flags: { SYN: true, ACK: true } } },
  source: world,
  destination: cart,
  is_reply: true,
};

function only(flow: object): Draft {
  return draftOf(hubble, { flow, node_name: 'kind-kind/kind-worker', time: request.time });
}

describe('a flow from a pod to the outside', () => {
  test('the pod and its service account act on the address outside', () => {
    const draft = only(request);
    expect(draft.actors).toEqual([
      'pod_name:shop/cart-0',
      'serviceaccount:shop/cart',
      'connection:tcp/*:55213-198.51.100.180:4443',
    ]);
    expect(draft.targets).toEqual(['external:198.51.100.180']);
    expect(draft.dedupe_key).toBe('7d3a455e');
    expect(draft.marks).toBeUndefined();
  });

  test('its reply is the same deed, seen from the same side', () => {
    const draft = only(reply);
    expect(draft.actors).toEqual(only(request).actors);
    expect(draft.targets).toEqual(only(request).targets);
    expect(draft.document.source).toEqual({ ip: '10.244.4.33', port: 55213 });
    expect(draft.document.breakwater?.source_pod?.name).toBe('cart-0');
  });

  test.each([
    ['the deprecated field', { is_reply: undefined, reply: true }],
    ['the flags', { is_reply: undefined }],
  ])('a reply is known from %s', (_, fields) => {
    expect(only({ ...reply, ...fields }).targets).toEqual(['external:198.51.100.180']);
  });

  test('the connection belongs to the pod, once a minute', () => {
    const [fact, ...others] = only(request).facts ?? [];
    expect(others).toEqual([]);
    expect(fact).toMatchObject({
      a: 'connection:tcp/*:55213-198.51.100.180:4443',
      relation: 'part_of',
      b: 'pod_name:shop/cart-0',
      from_ns: 1_793_609_040_000_000_000n,
    });
    const closing = {
      ...request,
      l4: { TCP: { source_port: 55213, destination_port: 4443, flags: { FIN: true } } },
    };
    expect(only(closing).facts).toBeUndefined();
  });

  test('the document says cluster, node, direction and workload', () => {
    const { document } = only(request);
    expect(document.message).toBe('shop/cart-0 to 198.51.100.180:4443 (tcp) forwarded');
    expect(document.orchestrator?.cluster?.name).toBe('kind-kind');
    expect(document.kubernetes?.node?.name).toBe('kind-worker');
    expect(document.network).toMatchObject({ direction: 'outbound', transport: 'tcp', type: 'ipv4' });
    expect(document.breakwater?.source_pod).toEqual({
      namespace: 'shop',
      name: 'cart-0',
      workload: 'Deployment/cart',
      serviceaccount: 'cart',
    });
    expect(document.event?.type).toEqual(['connection', 'start', 'allowed']);
  });
});

test('a flow from the host is the node, not a pod', () => {
  const flow = { ...request, source: host, IP: { source: '10.20.0.11', destination: '192.0.2.199' } };
  expect(only(flow).actors.slice(0, 2)).toEqual(['node:kind-worker', 'ip:10.20.0.11']);
  const remote = { ...flow, source: { identity: 6, labels: ['reserved:remote-node'] } };
  expect(only(remote).actors[0]).toBe('ip:10.20.0.11');
});

test('a flow to the host is its address: every pod talks to its kubelet', () => {
  const flow = { ...request, destination: host, IP: { source: '10.244.4.33', destination: '10.20.0.11' } };
  expect(only(flow).targets).toEqual(['ip:10.20.0.11']);
});

test('the default service account is nobody', () => {
  const labels = ['k8s:io.cilium.k8s.policy.serviceaccount=default'];
  expect(only({ ...request, source: { ...cart, labels } }).actors).not.toContain(
    'serviceaccount:shop/default',
  );
});

describe('drops', () => {
  const dropped = { ...request, verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' };

  test('by policy are low, and name the policy where it is known', () => {
    expect(only(dropped).marks?.[0]?.rule).toMatchObject({ id: 'hubble/policy-denied', level: 'low' });
    const named = { ...dropped, egress_denied_by: [{ name: 'deny-all', namespace: 'shop' }] };
    expect(only(named).document.rule).toEqual({ name: 'shop/deny-all', ruleset: 'cilium' });
    expect(only(dropped).document.event).toMatchObject({
      type: ['connection', 'denied'],
      outcome: 'failure',
    });
  });

  test('of other kinds are no verdict', () => {
    expect(only({ ...dropped, drop_reason_desc: 'INVALID_SOURCE_IP' }).marks).toBeUndefined();
    expect(only({ ...dropped, drop_reason_desc: undefined, drop_reason: 133 }).marks).toHaveLength(1);
  });
});

describe('requests', () => {
  const http = {
    ...request,
    IP: { source: '10.20.0.11', destination: '10.244.4.33' },
    l4: { TCP: { source_port: 53108, destination_port: 8080 } },
    source: { identity: 6, labels: ['reserved:remote-node'] },
    destination: cart,
    Type: 'L7',
    l7: {
      type: 'REQUEST',
      http: {
        method: 'POST',
        url: 'http://cart.shop.svc:8080/api?class.module=1',
        protocol: 'HTTP/1.1',
        headers: [
          { key: 'User-Agent', value: 'curl/8' },
          { key: 'X-Forwarded-For', value: '1.1.1.1, 203.0.113.66, 10.20.0.11' },
        ],
      },
    },
  };

  test('who stands behind the proxy is an actor; what it claims to stand behind is not', () => {
    const draft = only(http);
    expect(draft.actors).toContain('external:203.0.113.66');
    expect(draft.actors).not.toContain('external:1.1.1.1');
    expect(draft.targets).toEqual(['pod_name:shop/cart-0']);
    expect(draft.document).toMatchObject({
      client: { ip: '203.0.113.66' },
      http: { version: '1.1', request: { method: 'POST' } },
      url: { domain: 'cart.shop.svc', port: 8080, path: '/api', query: 'class.module=1' },
      user_agent: { original: 'curl/8' },
    });
  });

  const answer = {
    ...request,
    IP: { source: '10.244.3.40', destination: '10.244.4.33' },
    l4: { UDP: { source_port: 53, destination_port: 37925 } },
    source: dns,
    destination: cart,
    Type: 'L7',
    is_reply: true,
    l7: {
      type: 'RESPONSE',
      latency_ns: '2299659',
      dns: { query: 'a.cdn-telemetry.example.', ips: ['198.51.100.180', '10.0.0.1'], ttl: 51, qtypes: ['A'] },
    },
  };

  test('an answer tells which domain an address is, for as long as it lives', () => {
    const draft = only(answer);
    expect(draft.actors[0]).toBe('pod_name:shop/cart-0');
    expect(draft.targets).toEqual(['pod_name:kube-system/coredns-1', 'external:cdn-telemetry.example']);
    expect(draft.facts).toEqual([
      {
        a: 'external:198.51.100.180',
        relation: 'is',
        b: 'external:cdn-telemetry.example',
        from_ns: draft.time_ns,
        to_ns: (draft.time_ns ?? 0n) + 51_000_000_000n,
        confidence: 80,
      },
    ]);
    expect(draft.document.dns).toMatchObject({ type: 'answer', response_code: 'NOERROR' });
    expect(draft.document.event?.duration).toBe(2299659);
  });

  test('names inside the cluster are no domain, and 4294967295 is no time to live', () => {
    const inside = {
      ...answer,
      l7: {
        type: 'RESPONSE',
        dns: { query: 'db.shop.svc.cluster.local.', ips: ['10.0.0.1'], ttl: 4294967295 },
      },
    };
    const draft = only(inside);
    expect(draft.facts).toBeUndefined();
    expect(draft.targets).toEqual(['pod_name:kube-system/coredns-1']);
    expect(draft.document.dns?.answers?.[0]?.ttl).toBeUndefined();
  });
});

test('without a uuid the key tells observation points apart', () => {
  const bare = { ...request, uuid: undefined };
  const key = (fields: object) => only({ ...bare, ...fields }).dedupe_key;
  expect(key({})).toBe(key({}));
  expect(key({ trace_observation_point: 'TO_STACK' })).not.toBe(
    key({ trace_observation_point: 'TO_ENDPOINT' }),
  );
});

test('a bare flow and what a field mask leaves are flows', () => {
  expect(draftOf(hubble, request).actors[0]).toBe('pod_name:shop/cart-0');
  const masked = { verdict: 'DROPPED', source: {}, destination: {}, time: request.time };
  expect(draftOf(hubble, { flow: masked }).actors).toEqual([]);
});

test('losses are events, debugging is dropped', () => {
  const lost = draftOf(hubble, {
    lost_events: { source: 'PERF_EVENT_RING_BUFFER', num_events_lost: '23' },
    node_name: 'worker-1',
    time: request.time,
  });
  expect(lost.document.message).toBe('Hubble lost 23 flows (PERF_EVENT_RING_BUFFER) on worker-1');
  expect(resultOf(hubble, { debug_event: {}, node_name: 'n' })).toEqual({
    kind: 'drop',
    reason: 'hubble.debug_event',
  });
});

test('the flow object of another tool is not a flow', () => {
  expect(hubble.recognises({ event_type: 'flow', flow: { pkts_toserver: 2 } })).toBe(false);
  expect(hubble.recognises({ verdict: 'FORWARDED' })).toBe(false);
});
