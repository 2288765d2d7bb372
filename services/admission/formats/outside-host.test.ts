import { expect, it } from 'vitest';
import { outsideHosts } from './outside-host.ts';

function webhook(url: string): { clientConfig: { url: string } } {
  return { clientConfig: { url } };
}

it('names the hosts outside that a webhook configuration has the cluster call', () => {
  const webhooks = [
    webhook('https://hooks.relay.example:8443/v1/inject'),
    webhook('https://203.0.113.9/x'),
    webhook('https://policy.kyverno.svc:443/validate'),
    webhook('https://10.0.0.7/x'),
    { clientConfig: { service: { name: 'kyverno-svc', namespace: 'kyverno' } } },
  ];
  expect(outsideHosts('mutatingwebhookconfigurations', { webhooks })).toEqual([
    'external:relay.example',
    'external:203.0.113.9',
  ]);
});

it('names what a service stands for', () => {
  const spec = {
    type: 'ExternalName',
    externalName: 'api.pay.example',
    externalIPs: ['203.0.113.9', '10.0.0.1'],
  };
  expect(outsideHosts('services', { spec })).toEqual(['external:pay.example', 'external:203.0.113.9']);
  expect(outsideHosts('services', { spec: { type: 'ClusterIP' } })).toEqual([]);
});

it('looks at nothing else', () => {
  expect(outsideHosts('configmaps', { webhooks: [webhook('https://a.example')] })).toEqual([]);
  expect(outsideHosts('services', undefined)).toEqual([]);
});
