import { createKafkaStream } from '#shared/kafka/kafkajs/stream.ts';
import type { Stream, StreamWriter } from '#shared/kafka/port.ts';
import { topics } from '../../schemas/topics/topics.ts';
import type { AuditTrail } from './audit-trail.ts';
import { createAuditTrail } from './kafka-audit-trail.ts';

/** Connects to Kafka and creates the topics that are missing; any service may be the first to start. */
export async function connectStream(options: {
  readonly brokers: readonly string[];
  readonly client_id: string;
}): Promise<Stream> {
  const stream = createKafkaStream(options);
  await stream.createTopics(topics);
  return stream;
}

/** What a service that writes has of Kafka. */
export interface KafkaPorts {
  readonly stream: Stream;
  readonly writer: StreamWriter;
  /** The service's own. */
  readonly audit: AuditTrail;
  close(): Promise<void>;
}

/** Connects a service, under its name and that of its process. */
export async function connectKafka(
  service: string,
  brokers: readonly string[],
  instance: string,
): Promise<KafkaPorts> {
  const stream = await connectStream({ brokers, client_id: `breakwater-${service}-${instance}` });
  const writer = stream.writer();
  return {
    stream,
    writer,
    audit: createAuditTrail({ writer, producer: `${service}/${instance}` }),
    close: async () => {
      await writer.close();
      await stream.close();
    },
  };
}
