import { decodeAny } from '#shared/avro/codecs.ts';
import type { StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import { decodeRecord } from '#shared/service/decode.ts';
import type { BatchProcessor } from '#shared/service/loop.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import { type Notification, notificationOf } from './notification.ts';
import type { NotifyQueue } from './queue.ts';

/** Turns opened incidents into jobs; every other record of the topic is nothing to do. */
export function createNotifyProcessor(queue: Pick<NotifyQueue, 'add'>): BatchProcessor {
  return {
    process: async (batch: StreamBatch): Promise<readonly Outcome[]> => {
      const notifications: Notification[] = [];
      const outcomes = batch.records.map((record) => read(record, notifications));
      if (notifications.length > 0) await queue.add(notifications);
      return outcomes;
    },
  };
}

function read(record: StreamRecord, notifications: Notification[]): Outcome {
  const decoded = decodeRecord(record.value, decodeAny);
  if (decoded.kind === 'reject') return decoded;
  if (decoded.value.type !== 'Incident') return { kind: 'drop', reason: 'not_an_incident' };
  const notification = notificationOf(decoded.value.value);
  if (notification === undefined) return { kind: 'drop', reason: 'not_open' };
  notifications.push(notification);
  return { kind: 'ok', outputs: [] };
}
