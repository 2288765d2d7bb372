import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/event/json.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import type { ObjectReference } from './audit-event.ts';
import { customObjects, objectOfSameName, objectsBehind } from './custom-object.ts';

function ref(group: string | undefined, name: string, subresource?: string): ObjectReference {
  return { resource: 'any', subresource, namespace: 'ops', name, uid: undefined, group, version: 'v1' };
}

function made(metadata: JsonObject): JsonObject {
  return { kind: 'Deployment', metadata };
}

describe('the object that a request is about', () => {
  it.each([
    ['velero.io', 'dr-check', ['object:velero.io/dr-check', 'object:ops/dr-check']],
    ['helm.toolkit.fluxcd.io', 'podinfo', ['object:fluxcd.io/podinfo', 'object:ops/podinfo']],
    ['tekton.dev', 'build-7', ['object:tekton.dev/build-7', 'object:ops/build-7']],
    ['rbac.authorization.k8s.io', 'admins', []],
    ['apps', 'storefront', []],
    [undefined, 'settings', []],
  ])('%s/%s is %s', (group, name, expected) => {
    expect(customObjects(ref(group, name))).toEqual(expected);
  });

  it('is known by its domain alone where it lies in no namespace', () => {
    const wide = { ...ref('velero.io', 'dr-check'), namespace: undefined };
    expect(customObjects(wide)).toEqual(['object:velero.io/dr-check']);
  });

  it('is not its status, which the operator writes', () => {
    expect(customObjects(ref('velero.io', 'dr-check', 'status'))).toEqual([]);
  });
});

describe('the object of the same name as what an operator writes', () => {
  const operator = parsePrincipal('system:serviceaccount:argocd:argocd-application-controller');

  it.each([
    ['a workload', ref('apps', 'storefront'), 'object:argocd/storefront'],
    ['a setting', ref(undefined, 'storefront'), 'object:argocd/storefront'],
    ['a status', ref('apps', 'storefront', 'status'), undefined],
    ['a custom resource itself', ref('argoproj.io', 'storefront'), undefined],
    ['no name', ref('apps', 'Two words'), undefined],
  ])('of %s', (_, written, expected) => {
    expect(objectOfSameName(operator, written)).toBe(expected);
  });

  it('is nothing for who has no namespace', () => {
    expect(objectOfSameName(parsePrincipal('alice'), ref('apps', 'storefront'))).toBeUndefined();
  });
});

describe('the objects behind what an operator makes', () => {
  it.each([
    ['labels', { labels: { app: 'x', 'velero.io/restore-name': 'dr-check' } }, ['object:velero.io/dr-check']],
    [
      'annotations, up to the colon',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'guestbook:apps/Deployment:default/ui' } },
      ['object:argoproj.io/guestbook'],
    ],
    [
      'owners',
      { ownerReferences: [{ apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name: 'build-7' }] },
      ['object:tekton.dev/build-7'],
    ],
    ['Kubernetes itself', { labels: { 'app.kubernetes.io/instance': 'shop' } }, []],
    ['built-in owners', { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a' }] }, []],
    ['values that are no name', { annotations: { 'notes.example.com/text': 'Two words' } }, []],
    ['nothing', {}, []],
  ])('reads %s', (_, metadata, expected) => {
    expect(objectsBehind(made(metadata))).toEqual(expected);
  });

  it('reads no more than a few of many', () => {
    const labels = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`a.example/l${n}`, `v${n}`]));
    expect(objectsBehind(made({ labels })).length).toBe(16);
  });
});
