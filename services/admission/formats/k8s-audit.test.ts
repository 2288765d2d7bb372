import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#shared/event/json.ts';
import { draftOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { readExecRequest } from './exec-request.ts';
import { kubernetesAudit } from './k8s-audit.ts';

const base: JsonObject = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'a1',
  stage: 'ResponseComplete',
  verb: 'get',
  user: { username: 'alice' },
  sourceIPs: ['10.0.0.9'],
  objectRef: { resource: 'pods', namespace: 'shop', name: 'cart-1', apiVersion: 'v1' },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-02T08:00:00.000001Z',
  stageTimestamp: '2026-11-02T09:00:00.000001Z',
};

function marksOf(change: JsonObject): readonly string[] {
  return (draftOf(kubernetesAudit, { ...base, ...change }).marks ?? []).map(
    ({ rule }) => `${rule.id} ${rule.level}`,
  );
}

describe('refusals', () => {
  const refused = {
    responseStatus: { code: 403, reason: 'Forbidden', message: 'pods is forbidden: User "x"' },
  };
  test.each<[string, JsonObject, readonly string[]]>([
    ['of a person', refused, ['kubernetes/forbidden low']],
    [
      'of secrets',
      { ...refused, objectRef: { resource: 'secrets', namespace: 'shop' } },
      ['kubernetes/forbidden-secrets low'],
    ],
    [
      'of exec',
      { ...refused, objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'x' } },
      ['kubernetes/forbidden-exec medium'],
    ],
    ['of nobody', { ...refused, user: { username: 'system:anonymous' } }, ['kubernetes/forbidden low']],
    ['of a kubelet', { ...refused, user: { username: 'system:node:n1' } }, []],
    [
      'of a controller',
      { ...refused, user: { username: 'system:serviceaccount:kube-system:job-controller' } },
      [],
    ],
    [
      'of somebody impersonated by an administrator',
      { ...refused, user: { username: 'system:admin' }, impersonatedUser: { username: 'bob' } },
      ['kubernetes/forbidden low'],
    ],
    ['without a refusal', {}, []],
  ])('%s', (_name, change, expected) => {
    expect(marksOf(change)).toEqual(expected);
  });

  test('a webhook that failed open is told, whatever was asked', () => {
    const annotations = {
      'failed-open.validating.webhook.admission.k8s.io/round_0_index_1': 'validate.kyverno.svc',
    };
    expect(marksOf({ annotations })).toEqual(['kubernetes/failed-open low']);
  });
});

describe('roles', () => {
  test('the pod of a bound token acts, and from where it is used', () => {
    const draft = draftOf(kubernetesAudit, {
      ...base,
      user: {
        username: 'system:serviceaccount:shop:cart',
        extra: {
          'authentication.kubernetes.io/pod-uid': ['u1'],
          'authentication.kubernetes.io/pod-name': ['cart-1'],
          'authentication.kubernetes.io/credential-id': ['JTI=x'],
        },
      },
    });
    expect(draft.actors).toEqual(['pod:u1', 'session:JTI=x', 'serviceaccount:shop/cart', 'ip:10.0.0.9']);
    expect(draft.targets).toEqual(['pod_name:shop/cart-1']);
  });

  test('the address of an account and any outside address act, the inside address of a person does not', () => {
    const account = { ...base, user: { username: 'system:serviceaccount:shop:cart' } };
    expect(draftOf(kubernetesAudit, account).actors).toEqual(['serviceaccount:shop/cart', 'ip:10.0.0.9']);
    expect(draftOf(kubernetesAudit, { ...base, sourceIPs: ['203.0.113.4', '10.0.0.1'] }).actors).toEqual([
      'user:alice',
      'external:203.0.113.4',
    ]);
    expect(draftOf(kubernetesAudit, base).actors).toEqual(['user:alice']);
  });

  describe('of custom resources', () => {
    const operator = { username: 'system:serviceaccount:velero:velero' };
    const restore = {
      ...base,
      verb: 'create',
      objectRef: { resource: 'restores', namespace: 'velero', name: 'dr-check', apiGroup: 'velero.io' },
      requestObject: { metadata: { name: 'dr-check' } },
    };
    const restored = {
      ...base,
      objectRef: { resource: 'deployments', namespace: 'shop', name: 'cart', apiGroup: 'apps' },
      requestObject: { metadata: { labels: { 'velero.io/restore-name': 'dr-check' } } },
    };

    test('whoever writes one acts on it', () => {
      expect(draftOf(kubernetesAudit, restore).targets).toEqual([
        'object:velero.io/dr-check',
        'object:velero/dr-check',
      ]);
      const { requestObject: _, ...short } = restore;
      expect(draftOf(kubernetesAudit, short).targets).toContain('object:velero/dr-check');
      expect(draftOf(kubernetesAudit, { ...restore, verb: 'get' }).targets).toEqual([]);
    });

    test('it acts where an operator makes something for it', () => {
      const made = draftOf(kubernetesAudit, { ...restored, verb: 'create', user: operator });
      expect(made.actors).toEqual([
        'serviceaccount:velero/velero',
        'ip:10.0.0.9',
        'object:velero.io/dr-check',
        'object:velero/cart',
      ]);
    });

    test.each([
      ['what an update shows', 'update', operator],
      ['what a person copies', 'create', { username: 'alice' }],
    ])('%s is no order', (_, verb, user) => {
      const { actors } = draftOf(kubernetesAudit, { ...restored, verb, user });
      expect(actors).not.toContain('object:velero.io/dr-check');
    });
  });

  test('a binding acts on whom it gives rights', () => {
    const draft = draftOf(kubernetesAudit, {
      ...base,
      verb: 'create',
      objectRef: { resource: 'clusterrolebindings', name: 'b', apiGroup: 'rbac.authorization.k8s.io' },
      requestObject: {
        kind: 'ClusterRoleBinding',
        subjects: [
          { kind: 'ServiceAccount', namespace: 'shop', name: 'cart' },
          { kind: 'User', name: 'oidc:Bob@example.com' },
          { kind: 'Group', name: 'admins' },
        ],
      },
    });
    expect(draft.targets).toEqual(['serviceaccount:shop/cart', 'user:bob@example.com']);
  });
});

describe('time and stages', () => {
  test('the event is when it was asked for, not when the session ended', () => {
    const draft = draftOf(kubernetesAudit, base);
    expect(draft.time_ns).toBe(1_793_606_400_000_001_000n);
    expect(draft.document.event).toMatchObject({ end: '2026-11-02T09:00:00.000001Z' });
    expect(draft.dedupe_key).toBe('a1/ResponseComplete');
  });

  test('the first stage is dropped by name', () => {
    expect(resultOf(kubernetesAudit, { ...base, stage: 'RequestReceived' })).toEqual({
      kind: 'drop',
      reason: 'audit.request_received',
    });
  });
});

test('commands of exec come from the query', () => {
  const uri = '/x/exec?command=sh&command=-c&command=id%20%26%26+ls&container=app&tty=true&stdin=true';
  expect(readExecRequest(uri)).toEqual({
    command: ['sh', '-c', 'id && ls'],
    container: 'app',
    interactive: true,
  });
  expect(readExecRequest('/x/exec')).toBeUndefined();
  expect(readExecRequest('/x/exec?command=%zz')).toMatchObject({ command: ['%zz'] });
});
