import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressEntity, connectionEntity, parseAddress, parseEndpoint } from './address.ts';
import { parseContainerId } from './container.ts';
import { domainEntity, registeredDomain } from './domain.ts';
import { eventHash, eventId, signalId } from './identity.ts';
import {
  allDigests,
  formatImageReference,
  imageEntities,
  normaliseDigest,
  parseImageReference,
} from './image.ts';
import { ownerWorkload, parsePrincipal, parseSpiffeId, tokenBearer, userName } from './kubernetes.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('image references', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['index.docker.io/library/nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['registry-1.docker.io/bitnami/redis', 'docker.io/bitnami/redis:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['GHCR.io/acme/shop:v1', 'ghcr.io/acme/shop:v1'],
    ['localhost:5000/shop', 'localhost:5000/shop:latest'],
    [`docker-pullable://nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`registry.example.com/a/b:1@${digest}`, `registry.example.com/a/b:1@${digest}`],
    [`containerd://quay.io/a/b@${digest.toUpperCase().replace('SHA256', 'sha256')}`, `quay.io/a/b@${digest}`],
  ])('%s', (written, full) => {
    const reference = parseImageReference(written);
    expect(reference === undefined ? undefined : formatImageReference(reference)).toBe(full);
  });

  test.each([
    digest,
    digest.slice(7),
    '',
    'UPPER/case',
    'a b',
    'nginx@sha256:12',
    'nginx:',
    '/x',
    'x'.repeat(600),
  ])('%s is none', (written) => {
    expect(parseImageReference(written)).toBeUndefined();
  });

  test('digests', () => {
    expect(normaliseDigest(`docker.io/x@${digest}`)).toBe(digest);
    expect(normaliseDigest(digest.slice(7).toUpperCase())).toBe(digest);
    expect(normaliseDigest('sha256:12')).toBeUndefined();
    const other = `sha256:${'cd'.repeat(32)}`;
    expect(allDigests({ config: other, repository: [digest, other] })).toEqual([digest, other]);
    expect(imageEntities(parseImageReference(`nginx:1@${digest}`), { config: other })).toEqual([
      `image:${other}`,
      `image:${digest}`,
      'image_reference:docker.io/library/nginx:1',
    ]);
  });
});

test('container ids', () => {
  const id = '0123456789abcdef'.repeat(4);
  expect(parseContainerId(`containerd://${id}`)).toEqual({
    id,
    id12: '0123456789ab',
    entity: 'container:0123456789ab',
    runtime: 'containerd',
  });
  const short = parseContainerId('0123456789AB');
  expect(short).toMatchObject({ id: '0123456789ab', id12: '0123456789ab', runtime: undefined });
  expect(short?.entity).toBe('container:0123456789ab');
  for (const none of ['host', '', '<NA>', 'containerd://', '0123', 'z'.repeat(64)]) {
    expect(parseContainerId(none)).toBeUndefined();
  }
});

describe('principals', () => {
  test.each([
    ['system:serviceaccount:shop:storefront', 'serviceaccount', 'serviceaccount:shop/storefront', false],
    ['system:serviceaccount:kube-system:replicaset-controller', 'serviceaccount', undefined, true],
    ['system:node:worker-1', 'node', 'node:worker-1', true],
    ['system:kube-scheduler', 'system', 'user:system:kube-scheduler', true],
    ['system:anonymous', 'system', 'user:system:anonymous', false],
    ['oidc:Alice@Example.com', 'user', 'user:alice@example.com', false],
    ['https://issuer.example/realms/x#alice', 'user', 'user:alice', false],
    ['kubernetes-admin', 'user', 'user:kubernetes-admin', false],
    ['system:serviceaccount:', 'system', 'user:system:serviceaccount:', false],
  ])('%s', (username, kind, entity, controller) => {
    const principal = parsePrincipal(username);
    expect(principal).toMatchObject({ kind, controller });
    if (entity !== undefined) expect(principal.entity).toBe(entity);
  });

  test('names of people', () => {
    expect(userName('arn:aws:iam::1:role/Ops')).toBe('arn:aws:iam::1:role/ops');
    expect(userName('oidc:')).toBe('oidc:');
  });

  test('what a bound token says', () => {
    expect(
      tokenBearer({
        'authentication.kubernetes.io/pod-name': ['p'],
        'authentication.kubernetes.io/pod-uid': ['u'],
      }),
    ).toEqual({ pod_name: 'p', pod_uid: 'u', node_name: undefined, credential_id: undefined });
    expect(tokenBearer({ other: ['x'] })).toBeUndefined();
    expect(parseSpiffeId('spiffe://cluster.local/ns/shop/sa/web')).toEqual({
      namespace: 'shop',
      name: 'web',
    });
    expect(parseSpiffeId('spiffe://x/host')).toBeUndefined();
  });
});

test('owners', () => {
  const owner = (kind: string, name: string, hash?: string): string => {
    const workload = ownerWorkload({ namespace: 'shop', kind, name }, hash);
    return `${workload.kind}/${workload.name}`;
  };
  expect(owner('ReplicaSet', 'web-7d9f8b6c5', '7d9f8b6c5')).toBe('Deployment/web');
  expect(owner('ReplicaSet', 'web-7d9f8b6c5')).toBe('Deployment/web');
  expect(owner('ReplicaSet', 'standalone')).toBe('ReplicaSet/standalone');
  expect(owner('Job', 'backup-28812345')).toBe('CronJob/backup');
  expect(owner('Job', 'migrate')).toBe('Job/migrate');
  expect(owner('DaemonSet', 'agent')).toBe('DaemonSet/agent');
});

describe('addresses', () => {
  test.each([
    ['10.0.0.7', 'ip:10.0.0.7'],
    ['::ffff:10.0.0.7', 'ip:10.0.0.7'],
    ['100.64.1.1', 'ip:100.64.1.1'],
    ['203.0.113.7', 'external:203.0.113.7'],
    ['2001:DB8:0:0::1', 'external:2001:db8::1'],
    ['fd00::1', 'ip:fd00::1'],
    ['8.8.8.8', 'external:8.8.8.8'],
  ])('%s', (text, entity) => {
    expect(addressEntity(text)).toBe(entity);
  });

  test.each([
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '0.0.0.0',
    '010.1.1.1',
    'example.com',
    '',
    '1.2.3',
    '::z',
  ])('%s names nobody', (text) => {
    expect(addressEntity(text)).toBeUndefined();
  });

  test('endpoints and connections', () => {
    expect(parseEndpoint('10.0.0.1:443')).toEqual({ ip: '10.0.0.1', port: 443 });
    expect(parseEndpoint('[2001:db8::1]:443')).toEqual({ ip: '2001:db8::1', port: 443 });
    expect(parseEndpoint('2001:db8::1')).toEqual({ ip: '2001:db8::1', port: undefined });
    expect(parseEndpoint('10.0.0.1:99999')).toBeUndefined();
    const a = { ip: '10.0.0.2', port: 40000 };
    const b = { ip: '10.0.0.1', port: 443 };
    expect(connectionEntity('tcp', a, b)).toBe('connection:tcp/10.0.0.1:443-10.0.0.2:40000');
    expect(connectionEntity('tcp', b, a)).toBe(connectionEntity('tcp', a, b));
    const outside = { ip: '192.0.2.44', port: 3333 };
    expect(connectionEntity('tcp', a, outside)).toBe('connection:tcp/*:40000-192.0.2.44:3333');
    expect(connectionEntity('tcp', outside, { ip: '10.20.0.15', port: 40000 })).toBe(
      connectionEntity('tcp', a, outside),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\d.:a-f%[\]]*$/)),
        (text) => {
          parseAddress(text);
          parseEndpoint(text);
          parseImageReference(text);
          parseContainerId(text);
          parsePrincipal(text);
          registeredDomain(text);
        },
      ),
    );
  });
});

test('registered domains', () => {
  expect(registeredDomain('a.b.Example.COM.')).toBe('example.com');
  expect(registeredDomain('www.shop.co.uk')).toBe('shop.co.uk');
  expect(registeredDomain('x1.evil.duckdns.org')).toBe('evil.duckdns.org');
  expect(registeredDomain('bucket.s3.eu-west-1.amazonaws.com')).toBe('eu-west-1.amazonaws.com');
  expect(registeredDomain('shop.svc.cluster.local')).toBeUndefined();
  expect(registeredDomain('co.uk')).toBeUndefined();
  expect(registeredDomain('10.0.0.1')).toBeUndefined();
  expect(domainEntity('pool.example.net')).toBe('external:example.net');
});

test('identities', () => {
  expect(eventHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(eventId('default', 'falco.alerts', 'k')).toHaveLength(22);
  expect(eventId('a', 'b', 'c')).not.toBe(eventId('a', 'b', 'd'));
  expect(signalId('e', 'r')).toBe(signalId('e', 'r'));
});
