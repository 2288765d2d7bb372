import { expect, test } from 'vitest';
import { createMatcher, isFilter, type LeafView } from '../evidence/filter.ts';
import { type Ask, type AskContext, askSchema, filterOf } from './ask.ts';
import { filterSchema } from './request.ts';

const context: AskContext = {
  pseudonym: (name) => `pseudonym:${name}-hidden`,
  rulesByTag: (tag) => (tag === 'nist.800-190.4.4.4' ? ['shell'] : []),
  membershipOf: (incident) => ({ incidents: [incident, 'absorbed'], signals: ['s1'] }),
};

function leaf(type: string, facts: Record<string, string>): LeafView {
  const time_us = String(Date.UTC(2026, 10, 20) * 1000);
  return {
    type,
    facts,
    time_us,
    received_us: time_us,
    outcome: 'success',
    producer: 'p',
    sequence: '0',
    tenant: 'acme',
  };
}

const detection = leaf('detection.fired', {
  signal: 's1',
  rule: 'shell',
  images: 'registry.example/web:1 sha256:aa',
  namespaces: 'shop',
  subjects: 'pod:p1 pseudonym:alice-hidden',
});
const decision = leaf('decision.taken', { incident: 'i1', actor: 'pseudonym:carol-hidden' });
const access = leaf('access.read', { actor: 'service:api', route: '/v1/incidents' });

const cases: readonly (readonly [string, Ask, readonly LeafView[]])[] = [
  ['everything', {}, [detection, decision, access]],
  ['time', { from: '2026-11-21T00:00:00Z' }, []],
  ['type', { types: ['decision.*'] }, [decision]],
  ['actor by name', { actor: 'carol' }, [decision]],
  ['actor by pseudonym', { actor: 'pseudonym:carol-hidden' }, [decision]],
  ['a service', { actor: 'service:api' }, [access]],
  ['subject', { subject: 'pod:p1' }, [detection]],
  ['a person as subject', { subject: 'user:alice' }, [detection]],
  ['a person who acted', { subject: 'user:carol' }, [decision]],
  ['incident, with the detections in it', { incident: 'i1' }, [detection, decision]],
  ['image by digest', { image: 'sha256:aa' }, [detection]],
  ['image by reference', { image: 'registry.example/web:1' }, [detection]],
  ['namespace', { namespace: 'shop' }, [detection]],
  ['rule', { rule: 'shell' }, [detection]],
  ['control with tagged rules', { controls: ['800-190/4.4.4'] }, [detection, decision]],
  ['control without', { controls: ['800-190/4.6'] }, []],
  ['either control', { controls: ['800-190/4.6', 'pci-dss/10.2.1.3'] }, [access]],
  ['control and namespace', { controls: ['800-190/4.4.4'], namespace: 'shop' }, [detection]],
  ['incident and subject', { incident: 'i1', subject: 'user:carol' }, [decision]],
  ['fact', { facts: { route: '/v1/incidents' } }, [access]],
  ['text', { text: 'elaborate' }, []],
  ['outcome', { outcome: 'failure' }, []],
];

test.each(cases)('%s', (_name, ask, expected) => {
  const filter = filterOf(askSchema.parse(ask), context);
  expect(filterSchema.parse(filter)).toEqual(filter);
  expect(isFilter(JSON.parse(JSON.stringify(filter)))).toBe(true);
  const matches = createMatcher(filter);
  const found = [detection, decision, access].filter((each) => matches(each, JSON.stringify(each)));
  expect(found).toEqual(expected);
});

test('what is not understood is refused', () => {
  expect(askSchema.safeParse({ colour: 'red' }).success).toBe(false);
  expect(() => filterOf({ controls: ['nobody/1'] }, context)).toThrow('no such control');
});
