import kafkajs from 'kafkajs';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { streamContract } from '../contract.ts';
import { createKafkaStream } from './stream.ts';

const brokers = serverAddresses().kafka_brokers.split(',');

async function truncate(topic: string, partition: number, offset: bigint): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers, logCreator: () => () => undefined }).admin();
  await admin.connect();
  // Without metadata the request below fails.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}

streamContract({
  name: 'kafkajs',
  open: async () => createKafkaStream({ brokers, client_id: 'contract' }),
  truncate: (_, { topic, partition }, offset) => truncate(topic, partition, offset),
});
