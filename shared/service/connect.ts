import { createKafkaStream } from '#shared/kafka/kafkajs/stream.ts';
import type { Stream } from '#shared/kafka/port.ts';
import { topics } from '../../schemas/topics/topics.ts';

/** Connects to Kafka and creates the topics that are missing; any service may be the first to start. */
export async function connectStream(options: {
  readonly brokers: readonly string[];
  readonly client_id: string;
}): Promise<Stream> {
  const stream = createKafkaStream(options);
  await stream.createTopics(topics);
  return stream;
}
