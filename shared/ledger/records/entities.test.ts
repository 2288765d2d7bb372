import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entityKinds } from '#shared/event/entity.ts';
import { leafPseudonym } from '../pseudonym.ts';
import { entityFacts } from './entities.ts';
import { splitFacts } from './leaf.ts';

const secret = Buffer.alloc(32, 1);
const pseudonym = (name: string): string => leafPseudonym(secret, 'acme', name);

test('things are named, people and addresses have pseudonyms', () => {
  const facts = entityFacts(
    [
      'user:alice@example.com',
      'ip:10.0.0.1',
      'pod:1b8b6b56-bf9b-46b7-ae12-8ddc9222f3b6',
      'workload:shop/Deployment/web',
      'serviceaccount:pay/api',
      'image:sha256:aa',
      'image_reference:registry.example/shop/web:1.2',
      'process:exec id=',
      'no entity',
    ],
    pseudonym,
  );
  expect(facts).toEqual({
    subjects: [
      pseudonym('alice@example.com'),
      pseudonym('10.0.0.1'),
      'pod:1b8b6b56-bf9b-46b7-ae12-8ddc9222f3b6',
      'workload:shop/Deployment/web',
      'serviceaccount:pay/api',
      'image:sha256:aa',
      'image_reference:registry.example/shop/web:1.2',
    ].join(' '),
    namespaces: 'shop pay',
    images: 'sha256:aa registry.example/shop/web:1.2',
  });
});

test('nothing to name, no facts', () => expect(entityFacts([], pseudonym)).toEqual({}));

test('whatever is named, a leaf can show it, and no personal name is in it', () => {
  const entities = fc.array(
    fc
      .tuple(fc.constantFrom(...entityKinds), fc.string({ minLength: 6 }))
      .map(([kind, value]) => `${kind}:${value}`),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(entities, (named) => {
      const facts = entityFacts(named, pseudonym);
      expect(splitFacts('detection.fired', facts).hidden).toEqual({});
      for (const each of named.filter((entity) => /^(?:user|ip):/.test(entity)))
        expect(Object.values(facts).join(' ').split(' ')).not.toContain(each);
    }),
  );
});
