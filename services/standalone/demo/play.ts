import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import { readStream } from '../replay/records.ts';

/** Records of one send. */
const send_records_max = 1000;

/** Sends recorded messages to the raw topics; gives how many went to each. */
export async function playStream(
  file: string,
  writer: StreamWriter,
  onSent: (records: number) => void,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let batch: OutgoingRecord[] = [];
  let sent = 0;
  const flush = async (): Promise<void> => {
    await writer.send(batch);
    sent += batch.length;
    batch = [];
    onSent(sent);
  };
  for await (const records of readStream(file)) {
    for (const input of records) {
      if (input.kind === 'unusable')
        throw new TypeError(`${file}, line ${input.line_number}: ${input.reason}`);
      batch.push(input.record);
      counts.set(input.record.topic, (counts.get(input.record.topic) ?? 0) + 1);
      if (batch.length >= send_records_max) await flush();
    }
  }
  if (batch.length > 0) await flush();
  return counts;
}
