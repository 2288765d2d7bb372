import type { Stream } from '../port.ts';
import { createKafkaAdmin } from './admin.ts';
import { createKafkaReader } from './reader.ts';
import type { KafkaSettings } from './settings.ts';
import { createKafkaWriter } from './writer.ts';

/** A Kafka cluster. Nothing is connected before it is needed. */
export function createKafkaStream(settings: KafkaSettings): Stream {
  const admin = createKafkaAdmin(settings);
  return {
    reader: (options) => createKafkaReader(settings, admin, options),
    writer: () => createKafkaWriter(settings, (topic) => admin.partitionCount(topic)),
    createTopics: (topics) => admin.createTopics(topics),
    offsets: (topic) => admin.offsets(topic),
    describe: () => admin.describe(),
    close: () => admin.close(),
  };
}
