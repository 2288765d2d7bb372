import { GenericContainer, getContainerRuntimeClient, ImageName, PullPolicy, Wait } from 'testcontainers';
import {
  container_ports,
  elasticsearchEnvironment,
  images,
  kafkaEnvironment,
  redisCommand,
} from '../../infra/compose/images.ts';
import { freePorts } from '../../infra/stack/ports.ts';
import type { TestServers } from './servers.ts';

/** Whether a Docker daemon answers and already has the images: a test run does not fetch gigabytes. */
export async function haveContainers(): Promise<boolean> {
  try {
    const { image } = await getContainerRuntimeClient();
    const wanted = [images.kafka, images.elasticsearch, images.redis];
    const present = await Promise.all(wanted.map((name) => image.exists(ImageName.fromString(name))));
    return present.every(Boolean);
  } catch {
    return false; // No daemon; testcontainers says so with errors of several kinds.
  }
}

/** The three servers in containers on free ports of 127.0.0.1. */
export async function startContainers(): Promise<TestServers> {
  const [kafka = 0, elasticsearch = 0, redis = 0] = await freePorts(3);
  const containers = [
    container(images.kafka, container_ports.kafka, kafka)
      .withEnvironment(kafkaEnvironment(`127.0.0.1:${kafka}`, 'localhost'))
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
    container(images.elasticsearch, container_ports.elasticsearch, elasticsearch)
      .withEnvironment(elasticsearchEnvironment())
      .withWaitStrategy(Wait.forHttp('/_cluster/health', container_ports.elasticsearch)),
    container(images.redis, container_ports.redis, redis)
      .withCommand(redisCommand())
      .withWaitStrategy(Wait.forListeningPorts()),
  ];
  const started = await Promise.all(containers.map((one) => one.start()));
  return {
    variables: {
      KAFKA_BROKERS: `127.0.0.1:${kafka}`,
      ELASTICSEARCH_URL: `http://127.0.0.1:${elasticsearch}`,
      REDIS_URL: `redis://127.0.0.1:${redis}`,
    },
    description: `containers of ${images.kafka}, ${images.elasticsearch}, ${images.redis}`,
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()));
    },
  };
}

function container(image: string, inside: number, host: number): GenericContainer {
  // The helper that removes forgotten containers is one more image, which may not be there.
  return new GenericContainer(image)
    .withPullPolicy(PullPolicy.neverPull())
    .withAutoCleanup(false)
    .withExposedPorts({ container: inside, host });
}
