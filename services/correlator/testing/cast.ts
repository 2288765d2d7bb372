import fc from 'fast-check';
import type { Fact, Signal } from '#shared/avro/types.generated.ts';

export const pods = ['pod:p1', 'pod:p2', 'pod:p3', 'pod:p4'];
export const podNames = ['pod_name:a/n1', 'pod_name:a/n2', 'pod_name:a/n3'];
export const containers = ['container:c10000000000', 'container:c20000000000', 'container:c30000000000'];
export const processes = ['process:e1', 'process:e2'];
export const workloads = ['workload:a/Deployment/w1', 'workload:a/Deployment/w2', 'workload:b/DaemonSet/w3'];
export const accounts = [
  'serviceaccount:a/robot',
  'serviceaccount:a/default',
  'serviceaccount:kube-system/job-controller',
];
export const users = ['user:alice', 'user:bob', 'user:system:apiserver'];
export const sessions = ['session:s1'];
export const nodes = ['node:k1', 'node:k2'];
export const addresses = ['ip:10.0.0.1', 'ip:10.0.0.2'];
export const outside = ['external:203.0.113.1', 'external:evil.example'];
export const connections = ['connection:tcp/*:4000-203.0.113.1:443'];
export const images = ['image:sha256:d1', 'image:sha256:d2'];
export const hostNetworks = ['host_network:k1'];
export const objects = ['object:operators.example/order'];
export const references = ['image_reference:registry.example/app:1'];

const actorArb = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pods, ...podNames, ...containers) },
  { weight: 3, arbitrary: fc.constantFrom(...addresses, ...outside, ...accounts, ...users) },
  { weight: 2, arbitrary: fc.constantFrom(...processes, ...sessions, ...nodes, ...connections, ...objects) },
  { weight: 1, arbitrary: fc.constantFrom(...workloads, 'not an entity') },
);
const targetArb = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pods, ...podNames, ...containers, ...nodes) },
  { weight: 3, arbitrary: fc.constantFrom(...outside, ...addresses, ...accounts, ...workloads) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...users, ...sessions, ...connections, ...images, ...references, ...objects),
  },
);

/** Of whom the signals of a world speak. */
export type Cast = 'all' | 'few' | 'asking' | 'hosts';

const audit = 'kubernetes.audit';
const asked = { [`${audit}.verb`]: 'list', [`${audit}.objectRef.resource`]: 'pods' };
const saidOfAll: readonly Record<string, string>[] = [
  {},
  { 'process.command_line': 'sh -c job-1' },
  { 'process.command_line': 'sh -c job-2' },
  { 'process.command_line': 'ls /a/b' },
  asked,
  { ...asked, [`${audit}.verb`]: 'patch' },
  { ...asked, [`${audit}.verb`]: 'create' },
  { ...asked, [`${audit}.verb`]: 'create', [`${audit}.objectRef.subresource`]: 'exec' },
  { ...asked, 'user_agent.original': 'curl/8' },
  { 'source.geo.country_iso_code': 'FI' },
  { 'destination.port': '22' },
];

interface Players {
  readonly actors: fc.Arbitrary<string[]>;
  readonly targets: fc.Arbitrary<string[]>;
  readonly said: readonly Record<string, string>[];
  readonly families: readonly Signal['family'][];
  /** What holds from the beginning. */
  readonly known?: readonly Pick<Fact, 'a' | 'relation' | 'b'>[];
}

function one(...names: readonly string[]): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(...names), { maxLength: 1 });
}

function few(...names: readonly string[]): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(...names), { maxLength: 2 });
}

export const players: Readonly<Record<Cast, Players>> = {
  all: {
    actors: fc.array(actorArb, { maxLength: 3 }),
    targets: fc.array(targetArb, { maxLength: 2 }),
    said: saidOfAll,
    families: ['admission', 'runtime', 'network', 'runtime'],
  },
  // Signals that share an entity are the rule.
  few: {
    actors: one('pod:p1', 'pod:p2', 'serviceaccount:a/default', 'node:k1', 'external:evil.example'),
    targets: one('pod:p1', 'pod:p2', 'node:k1', 'workload:a/Deployment/w1'),
    said: saidOfAll,
    families: ['admission', 'runtime', 'network', 'runtime'],
  },
  // People and accounts ask for things, and nodes are known by their address.
  asking: {
    actors: few(
      'user:alice',
      'serviceaccount:a/robot',
      'pod:p1',
      'ip:10.0.0.1',
      'node:k1',
      'external:203.0.113.1',
      'external:203.0.114.1',
      ...objects,
    ),
    targets: one(
      'pod:p1',
      'workload:a/Deployment/w1',
      'serviceaccount:a/robot',
      'node:k1',
      'external:evil.example',
      ...objects,
    ),
    said: [
      asked,
      { ...asked, 'user_agent.original': 'curl/8' },
      { ...asked, 'user_agent.original': 'kubectl/1' },
      { 'source.geo.country_iso_code': 'FI' },
      { 'destination.port': '22' },
    ],
    families: ['admission', 'admission', 'network', 'runtime'],
  },
  // A pod in the network of its node, one that is not, and traffic that shows the address of the node.
  hosts: {
    actors: few('pod:p1', 'pod:p2', 'ip:10.0.0.1', 'node:k1'),
    targets: one('pod:p2', 'ip:10.0.0.1', 'external:evil.example', 'external:203.0.113.1'),
    said: [
      {},
      { 'destination.port': '22' },
      { 'destination.port': '443' },
      { 'process.command_line': '/usr/bin/ssh root@10.0.0.1' },
    ],
    families: ['network', 'network', 'runtime'],
    known: [
      { a: 'pod:p1', relation: 'part_of', b: 'host_network:k1' },
      { a: 'ip:10.0.0.1', relation: 'is', b: 'node:k1' },
      { a: 'ip:10.0.0.1', relation: 'part_of', b: 'host_network:k1' },
    ],
  },
};
