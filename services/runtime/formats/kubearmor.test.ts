import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { kubearmor } from './kubearmor.ts';

const blocked = {
  UpdatedTime: '2026-11-02T08:40:22.301798Z',
  ClusterName: 'eu1',
  HostName: 'worker-05',
  NamespaceName: 'shop',
  PodName: 'cart-7d9-pr5ct',
  Owner: { Ref: 'Deployment', Name: 'cart', Namespace: 'shop' },
  ContainerID: '72de193fc8d849cd052affae5a53a27111bcefb75385635dcb374acdf31a5548',
  ContainerName: 'cart',
  ContainerImage: 'ghcr.io/acme-retail/cart:1.4',
  HostPPID: 495_804,
  HostPID: 495_877,
  ParentProcessName: '/bin/bash',
  ProcessName: '/usr/bin/apt',
  PolicyName: 'harden-cart-pkg-mngr-exec',
  Severity: '8',
  ATags: ['MITRE', 'MITRE_T1059', 'process'],
  Message: 'Package manager in a container',
  Type: 'MatchedPolicy',
  Source: '/bin/bash',
  Operation: 'Process',
  Resource: '/usr/bin/apt update',
  Data: 'syscall=SYS_EXECVE',
  Enforcer: 'AppArmor',
  Action: 'Block',
  Result: 'Permission denied',
};

test('process, container and pod act', () => {
  const draft = draftOf(kubearmor, blocked);
  expect(draft.actors).toEqual([
    'process:72de193fc8d8/495877',
    'container:72de193fc8d8',
    'pod_name:shop/cart-7d9-pr5ct',
  ]);
  expect(draft.document.message).toBe(
    '/bin/bash started /usr/bin/apt update, blocked in pod shop/cart-7d9-pr5ct, policy harden-cart-pkg-mngr-exec',
  );
  expect(draft.document.process).toMatchObject({ name: 'apt', command_line: '/usr/bin/apt update' });
});

test.each([
  ['8', 'Block', 'high'],
  ['5', 'Block', 'medium'],
  ['1', 'Block', 'low'],
  ['8', 'Audit', 'medium'],
  ['5', 'Audit', 'low'],
  ['', 'Audit', 'low'],
])('a policy of severity %j that does %s is %s', (Severity, Action, level) => {
  const [mark] = draftOf(kubearmor, { ...blocked, Severity, Action }).marks ?? [];
  expect(mark).toMatchObject({ rule: { level }, techniques: ['T1059'] });
});

test('telemetry has no verdict', () => {
  const { PolicyName: _policy, Severity: _severity, ATags: _tags, ...log } = blocked;
  const draft = draftOf(kubearmor, { ...log, Type: 'ContainerLog', Action: undefined, Result: 'Passed' });
  expect(draft.marks).toBeUndefined();
  expect(draft.document.event).toMatchObject({ kind: 'event', outcome: 'success' });
});

test.each([
  ['sa_family=AF_INET sin_port=443 sin_addr=198.51.100.9', ['external:198.51.100.9'], undefined],
  ['remoteip=10.0.0.10 port=53 protocol=UDP', ['ip:10.0.0.10'], 'udp'],
  ['domain=AF_UNIX type=SOCK_STREAM', [], undefined],
])('a connection to %s', (Resource, targets, transport) => {
  const draft = draftOf(kubearmor, { ...blocked, Operation: 'Network', Resource });
  expect(draft.targets).toEqual(targets);
  expect(draft.document.network?.transport).toBe(transport);
});

test('on a node, the node acts', () => {
  const {
    ContainerID: _id,
    ContainerImage: _image,
    ContainerName: _name,
    NamespaceName: _namespace,
    Owner: _owner,
    PodName: _pod,
    ...host
  } = blocked;
  expect(draftOf(kubearmor, { ...host, Type: 'MatchedHostPolicy' }).actors).toEqual([
    'process:worker-05/495877',
    'node:worker-05',
  ]);
});

test('reading and writing a file differ', () => {
  const file = { ...blocked, Operation: 'File', Resource: '/etc/shadow' };
  const read = draftOf(kubearmor, { ...file, Data: 'syscall=SYS_OPENAT flags=O_RDONLY' });
  const write = draftOf(kubearmor, { ...file, Data: 'syscall=SYS_OPENAT flags=O_WRONLY|O_CREAT' });
  expect(read.document.event?.type).toEqual(['access', 'info']);
  expect(write.document.event?.type).toEqual(['change', 'info']);
  expect(write.document.file?.path).toBe('/etc/shadow');
});
