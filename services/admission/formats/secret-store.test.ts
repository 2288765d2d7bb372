import { describe, expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { kubernetesAudit } from './k8s-audit.ts';

const base = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'a1',
  stage: 'ResponseComplete',
  requestReceivedTimestamp: '2026-11-02T08:00:00.000000Z',
  user: { username: 'system:serviceaccount:shop:web' },
  sourceIPs: ['10.0.0.9'],
  responseStatus: { code: 200 },
};

function stores(entities: readonly string[]): readonly string[] {
  return entities.filter((one) => one.startsWith('object:k8s.io/secrets/'));
}

describe('the secrets of a namespace', () => {
  test.each([
    ['get', { resource: 'secrets', namespace: 'velero', name: 'token' }, ['object:k8s.io/secrets/velero']],
    ['list', { resource: 'secrets' }, ['object:k8s.io/secrets/*']],
    ['create', { resource: 'secrets', namespace: 'velero', name: 'token' }, []],
    ['get', { resource: 'configmaps', namespace: 'velero', name: 'token' }, []],
  ])('%s of %o reads %o', (verb, objectRef, expected) => {
    expect(stores(draftOf(kubernetesAudit, { ...base, verb, objectRef }).targets)).toEqual(expected);
  });

  test('are not read by who is refused', () => {
    const refused = {
      ...base,
      responseStatus: { code: 403 },
      verb: 'list',
      objectRef: { resource: 'secrets' },
    };
    expect(stores(draftOf(kubernetesAudit, refused).targets)).toEqual([]);
  });

  const use = { ...base, verb: 'list', objectRef: { resource: 'nodes' } };
  const bound = { 'authentication.kubernetes.io/pod-uid': ['5e82c3c1-cff3-4f5a-8989-b47e8b1403e5'] };
  test.each([
    [
      'outside the cluster',
      base.user,
      '203.0.113.7',
      ['object:k8s.io/secrets/shop', 'object:k8s.io/secrets/*'],
    ],
    ['within the cluster', base.user, '10.0.0.9', []],
    ['of a pod', { ...base.user, extra: bound }, '203.0.113.7', []],
    ['of a person', { username: 'alice' }, '203.0.113.7', []],
  ])('may hold a token that is used %s', (_, user, address, expected) => {
    const { actors } = draftOf(kubernetesAudit, { ...use, user, sourceIPs: [address] });
    expect(stores(actors)).toEqual(expected);
  });
});
