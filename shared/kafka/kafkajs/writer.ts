import type { Message } from 'kafkajs';
import { partitionOfKey } from '../murmur2.ts';
import { partitionKey } from '../partition.ts';
import type { OutgoingRecord, StreamWriter, TopicPartition } from '../port.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createProducer, type Produce } from './producer.ts';
import { toMessage } from './record.ts';
import type { KafkaSettings } from './settings.ts';

const send_deadline_ms_default = 60_000;
/** How long a topic may have grown before keys are spread over its new partitions. */
const partition_count_age_ms_max = 60_000;

/** What is to be written to one partition by one call. */
interface Load extends TopicPartition {
  readonly messages: Message[];
}

export interface WriterParts {
  readonly produce: Produce;
  readonly close: () => Promise<void>;
  /** @throws BW_KAFKA_UNKNOWN_TOPIC */
  readonly partitionCount: (topic: string) => Promise<number>;
  readonly send_deadline_ms: number;
}

export function createKafkaWriter(
  settings: KafkaSettings,
  partitionCount: (topic: string) => Promise<number>,
): StreamWriter {
  return assembleWriter({
    ...createProducer(settings),
    partitionCount,
    send_deadline_ms: settings.send_deadline_ms ?? send_deadline_ms_default,
  });
}

/** The writer over any producer; tests script one. */
export function assembleWriter({
  produce,
  close,
  partitionCount,
  send_deadline_ms,
}: WriterParts): StreamWriter {
  const outboxes = new Map<string, Outbox>();
  const topics = new Map<string, { readonly partitions: Promise<number>; readonly until_ms: number }>();
  let turn = 0;

  function partitionsOf(topic: string): Promise<number> {
    const known = topics.get(topic);
    if (known !== undefined && Date.now() < known.until_ms) return known.partitions;
    const partitions = partitionCount(topic);
    topics.set(topic, { partitions, until_ms: Date.now() + partition_count_age_ms_max });
    partitions.catch(() => topics.delete(topic));
    return partitions;
  }

  function outboxOf({ topic, partition }: TopicPartition): Outbox {
    const key = partitionKey({ topic, partition });
    const known = outboxes.get(key);
    if (known !== undefined) return known;
    const outbox = createOutbox({
      send_deadline_ms,
      produce: (messages) => produce(topic, partition, messages),
    });
    outboxes.set(key, outbox);
    return outbox;
  }

  return {
    async send(records) {
      const counts = new Map<string, number>();
      for (const { topic } of records) if (!counts.has(topic)) counts.set(topic, await partitionsOf(topic));
      // Records without a key go to one partition a call, for the sake of large batches.
      const loads = loadsOf(records, counts, turn++);
      await Promise.all(loads.map((load) => outboxOf(load).send(load.messages)));
    },
    async close() {
      await Promise.all([...outboxes.values()].map((outbox) => outbox.idle()));
      await close();
    },
  };
}

function loadsOf(
  records: readonly OutgoingRecord[],
  counts: ReadonlyMap<string, number>,
  turn: number,
): readonly Load[] {
  const topics = new Map<string, Load[]>([...counts.keys()].map((topic) => [topic, []]));
  for (const record of records) {
    const { topic } = record;
    const partition = choosePartition(record, counts.get(topic) ?? 1, turn);
    const loads = topics.get(topic) ?? [];
    const load = (loads[partition] ??= { topic, partition, messages: [] });
    load.messages.push(toMessage(record, partition));
  }
  // Partitions without a record are holes, which `flat` leaves out.
  return [...topics.values()].flat();
}

function choosePartition({ partition, key }: OutgoingRecord, partition_count: number, turn: number): number {
  if (partition !== undefined) return partition;
  if (key === undefined) return turn % partition_count;
  return partitionOfKey(typeof key === 'string' ? Buffer.from(key) : key, partition_count);
}
