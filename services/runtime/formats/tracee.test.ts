import { expect, test } from 'vitest';
import { draftOf, testContext } from '#shared/ingest/testing/drafts-of.ts';
import { tracee } from './tracee.ts';

const container = 'f8d0be07c61d4093f37bd50f3ed61dd7231d4a1957aaf9aa1ceb26a24c71bf94';
const uid = '1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a';

const flat = {
  timestamp: 1_793_608_822_101_254_966n,
  processId: 12,
  hostProcessId: 56_310,
  hostParentProcessId: 56_292,
  userId: 0,
  processName: 'strace',
  hostName: 'storefront-0',
  container: { id: container, name: 'storefront', image: 'ghcr.io/acme-retail/storefront:2.14.1' },
  kubernetes: { podName: 'storefront-0', podNamespace: 'shop', podUID: uid },
  eventId: '6018',
  eventName: 'anti_debugging',
  returnValue: 0,
  args: [] as object[],
};

/** As Tracee writes it: its time has more digits than JavaScript keeps. */
const written = (event: object): string =>
  JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? `@${value}` : value)).replaceAll(
    /"@(\d+)"/g,
    '$1',
  );

const signature = {
  ...flat,
  metadata: {
    Description: 'A process traces itself',
    Properties: {
      Category: 'defense-evasion',
      Severity: 2,
      external_id: 'T1622',
      signatureID: 'TRC-102',
      signatureName: 'Anti-Debugging',
    },
  },
};

test('a signature is a verdict on the process, its container and pod', () => {
  const draft = draftOf(tracee, written(signature));
  expect(draft.time_ns).toBe(flat.timestamp);
  expect(draft.actors).toEqual([
    'process:f8d0be07c61d/56310',
    'container:f8d0be07c61d',
    `pod:${uid}`,
    'pod_name:shop/storefront-0',
  ]);
  expect(draft.marks).toEqual([
    {
      rule: { id: 'tracee/trc-102', title: 'Anti-Debugging', level: 'medium', origin: 'tool' },
      tactics: ['defense-evasion'],
      techniques: ['T1622'],
    },
  ]);
});

test.each([
  [0, 'informational'],
  [1, 'low'],
  [3, 'high'],
  [4, 'critical'],
  [99, 'critical'],
  [-1, 'informational'],
])('severity %d is %s', (Severity, level) => {
  const metadata = { Properties: { ...signature.metadata.Properties, Severity } };
  const draft = draftOf(tracee, written({ ...signature, metadata }));
  expect(draft.marks?.[0]?.rule.level).toBe(level);
});

test('telemetry has no verdict', () => {
  const opened = {
    ...flat,
    eventName: 'security_file_open',
    args: [{ name: 'pathname', type: 'const char*', value: '/etc/shadow' }],
  };
  const draft = draftOf(tracee, written(opened));
  expect(draft.marks).toBeUndefined();
  expect(draft.document.event?.category).toEqual(['file']);
  expect(draft.document.file?.path).toBe('/etc/shadow');
});

test('a packet from a well-known port answers whom it goes to', () => {
  const answer = {
    ...flat,
    eventName: 'net_packet_dns',
    args: [
      { name: 'src', type: 'const char*', value: '8.8.8.8' },
      { name: 'dst', type: 'const char*', value: '192.168.200.50' },
      { name: 'src_port', type: 'u16', value: 53 },
      { name: 'dst_port', type: 'u16', value: 52_190 },
      {
        name: 'proto_dns',
        type: 'trace.ProtoDNS',
        value: {
          QR: 1,
          questions: [{ name: 'www.zip.net', type: 'A' }],
          answers: [
            { name: 'www.zip.net', type: 'CNAME', IP: '', CNAME: 'amazonas.example' },
            { name: 'amazonas.example', type: 'A', IP: '200.147.100.53' },
          ],
        },
      },
    ],
  };
  const draft = draftOf(tracee, written(answer));
  expect(draft.targets).toEqual(['external:8.8.8.8']);
  expect(draft.document.source?.ip).toBe('192.168.200.50');
  expect(draft.document.dns).toMatchObject({
    question: { name: 'www.zip.net' },
    resolved_ip: ['200.147.100.53'],
  });
});

test('outside of containers the node acts', () => {
  const host = { ...flat, container: {}, kubernetes: {}, hostName: 'worker-05' };
  expect(draftOf(tracee, written(host)).actors).toEqual(['process:worker-05/56310', 'node:worker-05']);
});

const structured = {
  timestamp: '2026-11-02T08:40:22.101254966Z',
  id: 6027,
  name: 'kubernetes_certificate_theft_attempt',
  policies: { matched: ['default'] },
  workload: {
    process: {
      executable: { path: '/bin/cat' },
      unique_id: 3321,
      host_pid: 56_325,
      pid: 14,
      thread: { name: 'cat', host_tid: 56_325 },
    },
    container: { id: container, image: { name: 'ghcr.io/acme-retail/storefront:2.14.1' } },
    k8s: { pod: { name: 'storefront-0', uid }, namespace: { name: 'shop' } },
  },
  data: [{ name: 'pathname', str: '/etc/kubernetes/pki/ca.crt' }],
  threat: {
    name: 'Certificate theft',
    mitre: { tactic: { name: 'Credential Access' }, technique: { id: 'T1552.004' } },
    severity: 'HIGH',
  },
};

test('the structured schema says the same', () => {
  const draft = draftOf(tracee, structured);
  expect(draft.time_ns).toBe(flat.timestamp);
  expect(draft.actors.slice(1)).toEqual([
    'container:f8d0be07c61d',
    `pod:${uid}`,
    'pod_name:shop/storefront-0',
  ]);
  expect(draft.marks?.[0]).toMatchObject({
    rule: { level: 'high', title: 'Certificate theft' },
    tactics: ['credential-access'],
    techniques: ['T1552.004'],
  });
});

test('numbers may be wrapped, times split', () => {
  const { host_pid: _bare, ...process } = structured.workload.process;
  const draft = draftOf(tracee, {
    ...structured,
    timestamp: { seconds: '1732454400', nanos: 123_456_789 },
    workload: { ...structured.workload, process: { ...process, pid: { value: 12_345 } } },
  });
  expect(draft.time_ns).toBe(1_732_454_400_123_456_789n);
  expect(draft.document.process?.pid).toBe(12_345);
});

test("the agent's node is that of its shipper, where it does not say", () => {
  const context = { ...testContext, shipper: { node_name: 'worker-05' } };
  expect(draftOf(tracee, structured, context).document.observer?.hostname).toBe('worker-05');
});
