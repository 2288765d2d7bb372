import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Incident } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { jobIdOf, type Notification, notificationOf, webhookRequest } from './notification.ts';
import { createNotifyProcessor } from './processor.ts';
import { createWebhook } from './webhook.ts';

const incident: Incident = {
  id: 'abc',
  scope: 'acme:eu1',
  write_version: 1n,
  status: 'open',
  document: JSON.stringify({ '@timestamp': 'then', message: 'shop: shell', event: { risk_score: 71 } }),
};
const notification: Notification = {
  incident: 'abc',
  scope: 'acme:eu1',
  title: 'shop: shell',
  score: 71,
  first: 'then',
};

const record = (offset: number, value: Buffer | undefined): StreamRecord => ({
  topic: 'incidents',
  partition: 0,
  offset: BigInt(offset),
  timestamp_ms: 0,
  key: undefined,
  value,
  headers: {},
});

describe('notifications', () => {
  it('are asked for by open incidents alone', () => {
    expect(notificationOf(incident)).toEqual(notification);
    expect(notificationOf({ ...incident, status: 'closed' })).toBeUndefined();
  });

  it('have a job id that does not change and that the queue accepts', () => {
    expect(jobIdOf(notification)).toBe('incident-opened-acme_eu1-abc');
    expect(jobIdOf({ ...notification, title: 'revised' })).toBe(jobIdOf(notification));
  });

  it('are signed over the exact body', () => {
    const { body, headers } = webhookRequest(notification, 'a-shared-secret-key');
    expect(JSON.parse(body)).toEqual({ type: 'incident.opened', ...notification });
    expect(headers['x-breakwater-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(webhookRequest(notification, undefined).headers['x-breakwater-signature']).toBeUndefined();
  });
});

describe('the processor', () => {
  it('gives one outcome a record and queues what is open', async () => {
    const queued: Notification[] = [];
    const processor = createNotifyProcessor({ add: async (some) => void queued.push(...some) });
    const row = { event_id: 'e', scope: 's', write_version: 1n, document: null };
    const outcomes = await processor.process({
      topic: 'incidents',
      partition: 0,
      records: [
        record(0, codecs.incident.encode(incident)),
        record(1, codecs.incident.encode({ ...incident, status: 'closed' })),
        record(2, codecs.timelineEntry.encode(row)),
        record(3, Buffer.from('garbage')),
        record(4, undefined),
      ],
    });
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['ok', 'drop', 'drop', 'reject', 'reject']);
    expect(queued).toEqual([notification]);
  });
});

describe('the webhook', () => {
  const answering = async (status: number) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
  };

  it.each([
    [204, 'delivered'],
    [410, 'refused'],
  ])('answer %i is %s', async (status, expected) => {
    const receiver = await answering(status);
    expect(await createWebhook(receiver.url, undefined)(notification)).toBe(expected);
    receiver.close();
  });

  it.each([429, 503])('answer %i is tried again', async (status) => {
    const receiver = await answering(status);
    await expect(createWebhook(receiver.url, undefined)(notification)).rejects.toThrow(String(status));
    receiver.close();
  });
});
