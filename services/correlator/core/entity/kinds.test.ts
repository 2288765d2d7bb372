import { expect, it } from 'vitest';
import { entity, entityKind, entityKinds } from '#shared/event/entity.ts';
import { inOrder, kindOf, linkKindOf } from './kinds.ts';

it.each(entityKinds)('tells %s by its first characters', (kind) => {
  for (const value of ['x', '', ':', 'od:']) {
    const of = entity(kind, value);
    expect(kindOf(of)).toBe(entityKind(of));
  }
});

it.each([
  ['user:alice', 'user'],
  ['user:system:apiserver', undefined],
  ['serviceaccount:shop/cart', 'serviceaccount'],
  ['serviceaccount:shop/default', 'default_serviceaccount'],
  ['serviceaccount:kube-system/job-controller', undefined],
  ['serviceaccount:kube-system/generic-garbage-collector', undefined],
  ['image:sha256:ab', undefined],
  ['image_reference:docker.io/library/nginx:1', undefined],
  ['node:worker-1', 'node'],
] as const)('%s links as %s', (of, kind) => {
  expect(linkKindOf(of)).toBe(kind);
  expect(linkKindOf(of)).toBe(kind);
});

it('orders entities by kind, then by name, each once', () => {
  expect(inOrder(['user:b', 'pod:2', 'user:a', 'pod:1', 'pod:2'])).toEqual([
    'pod:1',
    'pod:2',
    'user:a',
    'user:b',
  ]);
});
