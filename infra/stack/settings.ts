/**
 * Versions and server settings, once: the local stack starts servers with them, `infra/compose` gives them to
 * containers. Values are strings, as property files and environments have them.
 */

export const kafkaVersion = '4.3.1';
export const elasticsearchVersion = '9.4.3';

/** One broker that is also the controller; every replication factor is therefore 1. */
export const kafkaSettings: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  // Topics come from schemas/topics alone: a misspelt name must fail, not create a topic.
  'auto.create.topics.enable': 'false',
  'default.replication.factor': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  // One consumer a group at first: nothing to wait for.
  'group.initial.rebalance.delay.ms': '0',
  // After kill -9 a restart waits until the dead registration expires; the default of 9 s makes that 12 s.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
};

export const elasticsearchSettings: Readonly<Record<string, string>> = {
  'cluster.name': 'breakwater',
  'discovery.type': 'single-node',
  // A full disk of a developer must not turn indices read-only.
  'cluster.routing.allocation.disk.threshold_enabled': 'false',
  // With a small heap the real-memory breaker answers 429 now and then although nothing is wrong.
  'indices.breaker.total.use_real_memory': 'false',
  'xpack.security.enabled': 'false',
};

/** Heap, in JVM notation. */
export const elasticsearchHeap = '512m';
export const kafkaHeap = '512m';

export const redisSettings: Readonly<Record<string, string>> = {
  // BullMQ's jobs and the correlator's checkpoint must never be evicted.
  'maxmemory-policy': 'noeviction',
  appendonly: 'yes',
  appendfsync: 'everysec',
};
