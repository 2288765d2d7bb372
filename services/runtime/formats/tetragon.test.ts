import { describe, expect, test } from 'vitest';
import type { Draft } from '#shared/event/format.ts';
import { draftOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { tetragon } from './tetragon.ts';

const container_id = 'f8d0be07c61d4093f37bd50f3ed61dd7231d4a1957aaf9aa1ceb26a24c71bf94';
const digest = `sha256:${'2f'.repeat(32)}`;

const pod = {
  namespace: 'shop',
  name: 'storefront-0',
  uid: '1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a',
  container: {
    id: `containerd://${container_id}`,
    name: 'storefront',
    image: { id: `ghcr.io/acme/storefront@${digest}`, name: 'ghcr.io/acme/storefront:2.14.1' },
    start_time: '2026-10-19T15:44:42Z',
    security_context: { privileged: true },
  },
  workload: 'storefront',
  workload_kind: 'Deployment',
};

const child = {
  exec_id: execId('worker-4', 56325),
  pid: 56325,
  uid: 0,
  cwd: '/',
  binary: '/bin/cat',
  arguments: '/etc/passwd "a b"',
  start_time: '2026-11-02T08:40:41.306588968Z',
  auid: 4294967295,
  pod,
  docker: container_id.slice(0, 31),
  parent_exec_id: execId('worker-4', 56310),
};
const parent = { exec_id: execId('worker-4', 56310), pid: 56310, binary: '/bin/sh', pod };
const time = '2026-11-02T08:40:41.306988968Z';

function execId(node: string, pid: number): string {
  return Buffer.from(`${node}:7260041306588968:${pid}`).toString('base64');
}

function event(kind: string, fields: object, process: object = child): Draft {
  return draftOf(tetragon, { [kind]: { process, parent, ...fields }, node_name: 'worker-4', time });
}

describe('an execution', () => {
  test('names process, parent, container and pod, and what binds them', () => {
    const draft = event('process_exec', {});
    expect(draft.actors).toEqual([
      `process:${child.exec_id}`,
      `process:${parent.exec_id}`,
      'container:f8d0be07c61d',
      `pod:${pod.uid}`,
      'pod_name:shop/storefront-0',
    ]);
    expect(draft.facts?.map(({ a, relation, b }) => `${a} ${relation} ${b}`)).toEqual([
      `container:f8d0be07c61d part_of pod:${pod.uid}`,
      `pod_name:shop/storefront-0 is pod:${pod.uid}`,
      `pod:${pod.uid} part_of workload:shop/Deployment/storefront`,
      `pod:${pod.uid} uses image:${digest}`,
      `process:${child.exec_id} part_of container:f8d0be07c61d`,
      `process:${parent.exec_id} spawned process:${child.exec_id}`,
    ]);
    expect(draft.facts?.[1]?.from_ns).toBe(1_792_424_682_000_000_000n);
    expect(draft.marks).toBeUndefined();
    expect(draft.dedupe_key).toContain(child.exec_id);
  });

  test('fills the fields that rules and analysts read', () => {
    const { document } = event('process_exec', {});
    expect(document.message).toBe('/bin/cat /etc/passwd "a b" started in pod shop/storefront-0');
    expect(document.process).toMatchObject({
      entity_id: child.exec_id,
      args: ['/bin/cat', '/etc/passwd', 'a b'],
      args_count: 3,
      parent: { executable: '/bin/sh', name: 'sh' },
    });
    expect(document.container).toEqual({
      id: container_id,
      name: 'storefront',
      runtime: 'containerd',
      image: { name: 'ghcr.io/acme/storefront', tag: ['2.14.1'], hash: { all: [digest] } },
      security_context: { privileged: true },
    });
    expect(document.kubernetes).toMatchObject({
      namespace: 'shop',
      pod: { name: 'storefront-0', uid: pod.uid },
      deployment: { name: 'storefront' },
    });
    expect(JSON.stringify(document)).not.toContain('4294967295');
  });

  test('entering the namespaces of the first process is aimed at the node', () => {
    const nsenter = (args: string) =>
      event('process_exec', {}, { ...child, binary: '/usr/bin/nsenter', arguments: args });
    expect(nsenter('-t 1 -m -u -n -i -p bash').targets).toEqual(['node:worker-4']);
    expect(nsenter('--target=1 -a').targets).toEqual(['node:worker-4']);
    expect(nsenter('-t 4711 -n ip link').targets).toEqual([]);
  });

  test('without a pod uid the name stands for the pod', () => {
    const { uid: _, ...old } = pod;
    const draft = event('process_exec', {}, { ...child, pod: old });
    expect(draft.facts?.[0]).toMatchObject({
      a: 'container:f8d0be07c61d',
      b: 'pod_name:shop/storefront-0',
    });
  });
});

describe('on the host', () => {
  const process = { ...child, pod: undefined, docker: undefined };
  const on = (above: object) =>
    draftOf(tetragon, { process_exec: { process, parent: above }, node_name: 'worker-4', time });

  test('the node acts, and a shell in between is kept', () => {
    const draft = on({ exec_id: 'c2hlbGw=', pid: 900, parent_exec_id: execId('worker-4', 899) });
    expect(draft.actors).toEqual([`process:${child.exec_id}`, 'process:c2hlbGw=', 'node:worker-4']);
  });

  test('a daemon that starts everything connects nothing', () => {
    const draft = on({ exec_id: 'Y3Jvbg==', pid: 800, parent_exec_id: execId('worker-4', 1) });
    expect(draft.actors).toEqual([`process:${child.exec_id}`, 'node:worker-4']);
    expect(draft.facts).toEqual([]);
  });
});

test('an exit without status is a success', () => {
  const draft = event('process_exit', {});
  expect(draft.document.process?.exit_code).toBe(0);
  expect(draft.document.process?.end).toBe('2026-11-02T08:40:41.306988968Z');
  expect(event('process_exit', { signal: 'SIGKILL' }).document.process?.exit_code).toBeUndefined();
  expect(draft.dedupe_key).not.toBe(event('process_exec', {}).dedupe_key);
});

describe('a kernel function', () => {
  const socket = {
    sock_arg: {
      family: 'AF_INET',
      protocol: 'IPPROTO_TCP',
      saddr: '10.244.4.33',
      sport: 49962,
      daddr: '198.51.100.140',
      dport: 443,
    },
  };

  test('a connection is an actor, its far end a target, and it belongs to the container', () => {
    const draft = event('process_kprobe', { function_name: 'tcp_connect', args: [socket] });
    expect(draft.targets).toEqual(['external:198.51.100.140']);
    expect(draft.actors).toContain('connection:tcp/*:49962-198.51.100.140:443');
    expect(draft.facts).toMatchObject([
      { a: 'connection:tcp/*:49962-198.51.100.140:443', relation: 'part_of', b: 'container:f8d0be07c61d' },
    ]);
    expect(draft.document.event).toMatchObject({ category: ['network'], type: ['connection', 'start'] });
    expect(draft.document.network).toEqual({ transport: 'tcp', type: 'ipv4' });
    expect(draft.marks).toBeUndefined();
  });

  test('who is accepted is an actor', () => {
    const draft = event('process_kprobe', { function_name: 'inet_csk_accept', args: [socket] });
    expect(draft.actors).toContain('external:198.51.100.140');
    expect(draft.targets).toEqual([]);
    expect(draft.document.source?.ip).toBe('198.51.100.140');
  });

  test.each([
    [2, 'change'],
    [4, 'access'],
  ])('access mask %i of a file is %s', (mask, type) => {
    const draft = event('process_kprobe', {
      function_name: 'security_file_permission',
      args: [{ file_arg: { path: '/etc/passwd' } }, { int_arg: mask }],
      return: { int_arg: 0 },
    });
    expect(draft.document.event).toMatchObject({ category: ['file'], type: [type], outcome: 'success' });
    expect(draft.document.file).toEqual({ path: '/etc/passwd', name: 'passwd' });
  });

  test.each([
    [{}, 'low', 'event'],
    [{ tags: ['observability.privilege_escalation'] }, 'medium', 'event'],
    [{ tags: ['T1611'], action: 'KPROBE_ACTION_POST' }, 'medium', 'event'],
    [{ action: 'KPROBE_ACTION_SIGKILL' }, 'high', 'alert'],
    [{ return_action: 'KPROBE_ACTION_OVERRIDE' }, 'high', 'alert'],
  ])('a policy with %j is %s', (fields, level, kind) => {
    const draft = event('process_kprobe', { function_name: 'x', policy_name: 'p', ...fields });
    expect(draft.marks?.[0]?.rule).toMatchObject({ id: 'tetragon/p', level });
    expect(draft.document.event?.kind).toBe(kind);
  });
});

test('losses of the sensor are events, tests are not', () => {
  const lost = draftOf(tetragon, {
    rate_limit_info: { number_of_dropped_process_events: '42' },
    node_name: 'worker-1',
    time,
  });
  expect(lost.document.message).toBe('Tetragon dropped 42 process events on worker-1');
  expect(resultOf(tetragon, { test: { arg0: '1' }, node_name: 'worker-1', time })).toEqual({
    kind: 'drop',
    reason: 'tetragon.test_event',
  });
});

test('what is left by field filters is still an event', () => {
  const draft = draftOf(tetragon, { process_kprobe: {}, node_name: 'worker-1', time });
  expect(draft.actors).toEqual(['node:worker-1']);
  expect(draft.dedupe_key).toBeUndefined();
});

test('recognises its own kinds only', () => {
  expect(tetragon.recognises({ process_exec: {} })).toBe(true);
  expect(tetragon.recognises({ process_exec: 'x' })).toBe(false);
  expect(tetragon.recognises({ test: {} })).toBe(false);
  expect(tetragon.recognises({ flow: {}, node_name: 'x' })).toBe(false);
  expect(tetragon.recognises(null)).toBe(false);
});
