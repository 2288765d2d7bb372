import {
  elasticsearchHeap,
  elasticsearchSettings,
  elasticsearchVersion,
  kafkaHeap,
  kafkaSettings,
  kafkaVersion,
  redisSettings,
} from '../stack/settings.ts';

/** Official images, at the versions of the local stack. Valkey is the Redis of free licence. */
export const images = {
  kafka: `apache/kafka:${kafkaVersion}`,
  elasticsearch: `elasticsearch:${elasticsearchVersion}`,
  kibana: `kibana:${elasticsearchVersion}`,
  redis: 'valkey/valkey:8.1.3',
} as const;

/** Ports inside the containers. */
export const container_ports = {
  kafka: 9092,
  kafkaInternal: 19092,
  controller: 9093,
  elasticsearch: 9200,
  redis: 6379,
};

/**
 * The environment of the Kafka image. Clients on the host use the first listener, services in the containers' network
 * the second: a broker tells its clients where to go on, and the two see it under different addresses.
 */
export function kafkaEnvironment(hostAddress: string, internalHost: string): Record<string, string> {
  const { kafka, kafkaInternal, controller } = container_ports;
  const settings: Record<string, string> = {
    ...kafkaSettings,
    listeners: `PLAINTEXT://:${kafka},INTERNAL://:${kafkaInternal},CONTROLLER://:${controller}`,
    'advertised.listeners': `PLAINTEXT://${hostAddress},INTERNAL://${internalHost}:${kafkaInternal}`,
    'listener.security.protocol.map': `${kafkaSettings['listener.security.protocol.map']},INTERNAL:PLAINTEXT`,
    'controller.quorum.voters': `1@localhost:${controller}`,
  };
  const variables = Object.entries(settings).map(([name, value]) => [kafkaVariable(name), value]);
  return { ...Object.fromEntries(variables), KAFKA_HEAP_OPTS: `-Xmx${kafkaHeap}` };
}

/** The image turns such variables back into properties. */
export function kafkaVariable(property: string): string {
  return `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`;
}

/** The environment of the Elasticsearch image: settings under their own names. */
export function elasticsearchEnvironment(): Record<string, string> {
  return { ...elasticsearchSettings, ES_JAVA_OPTS: `-Xms${elasticsearchHeap} -Xmx${elasticsearchHeap}` };
}

/** The command line of the Redis image. */
export function redisCommand(): string[] {
  return ['valkey-server', ...Object.entries(redisSettings).flatMap(([name, value]) => [`--${name}`, value])];
}
