import { describe, expect, test } from 'vitest';
import type { Draft } from '#shared/event/format.ts';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { falco } from './falco.ts';

const shell = {
  hostname: 'worker-4',
  output: '08:40:22.101254966: Notice Shell spawned by untrusted binary (parent=java)',
  output_fields: {
    'container.id': 'f8d0be07c61d',
    'container.image.repository': 'ghcr.io/acme/storefront',
    'container.image.tag': '2.14.1',
    'container.name': 'storefront',
    'evt.type': 'execve',
    'k8s.ns.name': 'shop',
    'k8s.pod.name': 'storefront-0',
    'proc.cmdline': 'sh -c id',
    'proc.exepath': '/usr/bin/dash',
    'proc.name': 'sh',
    'proc.pname': 'java',
    'proc.tty': 0,
    'user.name': 'root',
    'user.uid': 0,
  },
  priority: 'Notice',
  rule: 'Run shell untrusted',
  source: 'syscall',
  tags: ['T1059.004', 'container', 'mitre_execution'],
  time: '2026-11-02T08:40:22.101254966Z',
};

function only(record: object): Draft {
  return draftOf(falco, record);
}

function withFields(fields: object, more: object = {}): Draft {
  return only({ ...shell, ...more, output_fields: { ...shell.output_fields, ...fields } });
}

describe('an alert in a container', () => {
  test('names container and pod as actors, and says so in a sentence', () => {
    const draft = only(shell);
    expect(draft.actors).toEqual(['container:f8d0be07c61d', 'pod_name:shop/storefront-0']);
    expect(draft.targets).toEqual([]);
    expect(draft.document.message).toBe('Run shell untrusted: sh -c id (by root) in pod shop/storefront-0');
    expect(draft.time_ns).toBe(1_793_608_822_101_254_966n);
    expect(draft.facts).toEqual([
      {
        a: 'container:f8d0be07c61d',
        relation: 'part_of',
        b: 'pod_name:shop/storefront-0',
        from_ns: 0n,
        confidence: 100,
      },
    ]);
  });

  test('metadata that came too late is absent; the container and its node remain', () => {
    const draft = withFields({
      'container.image.repository': null,
      'container.image.tag': '<NA>',
      'container.name': '<NA>',
      'k8s.ns.name': '<NA>',
      'k8s.pod.name': null,
    });
    expect(draft.actors).toEqual(['container:f8d0be07c61d', 'node:worker-4']);
    expect(draft.document.container).toEqual({ id: 'f8d0be07c61d' });
    expect(draft.document.kubernetes).toEqual({ node: { name: 'worker-4' } });
  });

  test('a process id makes the process an actor', () => {
    expect(withFields({ 'proc.pid': 4711 }).actors[0]).toBe('process:f8d0be07c61d/4711');
  });

  test('the same alert through falcosidekick is the same event', () => {
    const passed = { uuid: '7d3a', ...shell, time: '2026-11-02T08:40:22.101254966Z' };
    expect(only(passed).dedupe_key).toBe(only(shell).dedupe_key);
    const trimmed = only({ ...shell, time: '2026-11-02T08:40:22.1012549Z' });
    expect(trimmed.time_ns).toBe(1_793_608_822_101_254_900n);
  });
});

test('an alert on the host names the node', () => {
  const draft = withFields(
    {
      'container.id': 'host',
      'container.name': 'host',
      'container.image.repository': null,
      'k8s.ns.name': null,
      'k8s.pod.name': null,
      'fd.name': '/etc/kubernetes/manifests/x.yaml',
      'evt.type': 'openat',
    },
    { rule: 'Write below etc', priority: 'Error' },
  );
  expect(draft.actors).toEqual(['node:worker-4']);
  expect(draft.document.file).toEqual({ path: '/etc/kubernetes/manifests/x.yaml', name: 'x.yaml' });
  expect(draft.document.container).toBeUndefined();
  expect(draft.document.event?.severity).toBe(73);
  expect(draft.marks?.[0]?.rule.level).toBe('low');
});

describe('connections', () => {
  const redirect = 'Redirect STDOUT/STDIN to Network Connection in Container';

  test('an address outside is a target, and raises what depends on it', () => {
    const draft = withFields(
      { 'fd.name': '10.244.4.33:55213->198.51.100.180:4443', 'fd.lport': 55213, 'fd.l4proto': 'tcp' },
      { rule: redirect },
    );
    expect(draft.targets).toEqual(['external:198.51.100.180']);
    expect(draft.actors).toContain('connection:tcp/*:55213-198.51.100.180:4443');
    expect(draft.marks?.[0]?.rule.level).toBe('high');
  });

  test('loopback is nobody', () => {
    const draft = withFields(
      { 'fd.name': '127.0.0.1:41207->127.0.0.1:9092', 'fd.lport': 41207, 'fd.l4proto': 'tcp' },
      { rule: redirect },
    );
    expect(draft.targets).toEqual([]);
    expect(draft.actors).toEqual(['container:f8d0be07c61d', 'pod_name:shop/storefront-0']);
    expect(draft.marks?.[0]?.rule.level).toBe('low');
  });

  test('who connects to the process is an actor', () => {
    const draft = withFields({
      'fd.name': '203.0.113.9:40000->10.244.4.33:8080',
      'fd.lport': 8080,
      'fd.l4proto': 'tcp',
      'evt.type': 'accept4',
    });
    expect(draft.actors).toContain('external:203.0.113.9');
    expect(draft.targets).toEqual([]);
  });
});

test('rules about escapes reach the node', () => {
  expect(withFields({}, { rule: 'Change thread namespace' }).targets).toEqual(['node:worker-4']);
});

test('levels: the table knows better than the priority, the priority decides the rest', () => {
  const level = (rule: string, priority: string) => only({ ...shell, rule, priority }).marks?.[0]?.rule.level;
  expect(level('Contact K8S API Server From Container', 'Notice')).toBe('low');
  expect(level('Drop and execute new binary in container', 'Critical')).toBe('low');
  expect(level('Launch Package Management Process in Container', 'Error')).toBe('low');
  expect(level('Our own rule', 'Critical')).toBe('high');
  expect(level('Our own rule', 'Emergency')).toBe('critical');
  expect(level('Our own rule', 'Debug')).toBe('informational');
});

test('tags come first, the table fills the rest', () => {
  const mark = only({ ...shell, tags: [] }).marks?.[0];
  expect(mark).toMatchObject({ tactics: ['execution'], techniques: ['T1059.004'] });
  expect(only({ ...shell, tags: ['mitre_impact'] }).marks?.[0]).toMatchObject({
    tactics: ['impact'],
    techniques: ['T1059.004'],
  });
});

describe('audit plugins', () => {
  const audit = {
    ...shell,
    source: 'k8s_audit',
    rule: 'Attach/Exec Pod',
    output_fields: {
      'ka.user.name': 'system:serviceaccount:ci:deployer',
      'ka.target.namespace': 'staging',
      'ka.target.name': 'web-0',
      'ka.target.resource': 'pods',
      'ka.verb': 'create',
    },
  };

  test('the caller is the actor, the pod the target; the node of Falco has no part in it', () => {
    const draft = only(audit);
    expect(draft.actors).toEqual(['serviceaccount:ci/deployer']);
    expect(draft.targets).toEqual(['pod_name:staging/web-0']);
    expect(draft.document.host).toBeUndefined();
    expect(draft.document.event?.category).toEqual(['api', 'intrusion_detection']);
  });

  test('cloud audit names the person and the address', () => {
    const draft = only({
      ...audit,
      source: 'gcp_auditlog',
      output_fields: { 'gcp.user': 'Ann@example.com', 'gcp.callerIP': '203.0.113.9' },
    });
    expect(draft.actors).toEqual(['user:ann@example.com', 'external:203.0.113.9']);
  });
});

test('Falco about itself is telemetry without a verdict', () => {
  const draft = only({
    ...shell,
    rule: 'Falco internal: syscall event drop',
    output_fields: { n_drops: '815508' },
  });
  expect(draft).toMatchObject({ dataset: 'falco.internal', actors: [], targets: [] });
  expect(draft.marks).toBeUndefined();
  expect(draft.document.message).toBe('Falco lost 815508 system calls on worker-4');
});

test('recognises alerts without output fields, not what only looks like them', () => {
  expect(falco.recognises({ rule: 'r', priority: 'Warning', time: 't', output: 'o' })).toBe(true);
  expect(falco.recognises({ rule: 'r', priority: 'medium', time: 't', output: 'o' })).toBe(false);
  expect(falco.recognises({ rule: 'r', priority: 'Warning', message: 'm', creationTimestamp: 't' })).toBe(
    false,
  );
  expect(falco.recognises('Falco')).toBe(false);
});
