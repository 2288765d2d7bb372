import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { codecs } from '#shared/avro/codecs.ts';
import { systemClock } from '#shared/clock/clock.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import type { Stream } from '#shared/kafka/port.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { eventStream } from '#shared/search/names.ts';
import { noAuditTrail } from '#shared/service/audit-trail.ts';
import { Loop } from '#shared/service/loop.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { serverAddresses } from '../../test/servers/addresses.ts';
import { createIndexProcessor } from './processor.ts';
import { Progress } from './progress.ts';

const url = serverAddresses().elasticsearch_url;
const namespace = `replay_${Date.now().toString(36)}`;
const dataset = 'falco.alerts';
const index = eventStream(dataset, namespace);
const events = Number(process.env['BREAKWATER_REPLAY_EVENTS'] ?? 20_000);
const wait_ms = 20;
const batch_records_max = 2_000;

const sink = createElasticsearchSink({ url, namespace, clock: systemClock });
afterAll(() => sink.close());

it('indexes nothing twice when a group starts over, across roll-overs', async () => {
  await sink.prepare();
  await indexUntil(Math.floor(events * 0.6));
  await rollOver();
  // A new life from the first offset: a reset group, or one that never committed.
  await indexUntil(events);
  await rollOver();
  await indexUntil(events);
  await sink.refresh();
  const ids = await storedIds();
  expect(ids).toHaveLength(events);
  expect(new Set(ids).size).toBe(events);
});

/** One life of an indexer that reads the topic from its first record, up to so many of its records. */
async function indexUntil(records: number): Promise<void> {
  const stream = await topicOf(records);
  const loop = new Loop({
    name: 'indexer',
    stream,
    writer: stream.writer(),
    topics: ['events.runtime'],
    batch_records_max,
    processor: createIndexProcessor({
      sink,
      namespace,
      progress: new Progress(sink, namespace, batch_records_max),
    }),
    deadLetterTopic: () => 'dlq.index',
    audit_type: 'batch.index',
    audit: noAuditTrail,
    tenant: 'test',
    clock: systemClock,
    telemetry: noTelemetry,
    log: silentLog,
  });
  await loop.start();
  while ((await loop.lag()) > 0n) {
    await new Promise((resolve) => {
      setTimeout(resolve, wait_ms);
    });
  }
  await loop.stop();
}

/** The same records at the same offsets, every time. */
async function topicOf(records: number): Promise<Stream> {
  const stream = createMemoryStream();
  await stream.createTopics([
    { name: 'events.runtime', partitions: 3, config: {} },
    { name: 'dlq.index', partitions: 1, config: {} },
  ]);
  const writer = stream.writer();
  await writer.send(
    Array.from({ length: records }, (_, number) => ({
      topic: 'events.runtime',
      partition: number % 3,
      value: eventOf(number),
    })),
  );
  return stream;
}

function eventOf(number: number): Buffer {
  const id = `event-${number}`;
  return codecs.event.encode({
    id,
    hash: '',
    scope: 's',
    family: 'runtime',
    format: 'falco',
    dataset,
    time_ns: 0n,
    source: { topic: 'raw.runtime', partition: 0, offset: BigInt(number) },
    document: JSON.stringify({ '@timestamp': '2026-11-21T10:00:00.000000001Z', event: { id } }),
  });
}

async function rollOver(): Promise<void> {
  expect((await fetch(`${url}/${index}/_rollover`, { method: 'POST' })).status).toBe(200);
}

const page_documents = 10_000;
const page = z.object({
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), sort: z.array(z.unknown()) })) }),
});

/** The id of every document in every backing index. */
async function storedIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after: readonly unknown[] | undefined = []; after !== undefined; ) {
    const answer = await fetch(`${url}/${index}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        size: page_documents,
        _source: false,
        sort: ['event.id', '_doc'],
        ...(after.length === 0 ? {} : { search_after: after }),
      }),
    });
    const { hits } = page.parse(await answer.json()).hits;
    ids.push(...hits.map((hit) => hit._id));
    after = hits.at(-1)?.sort;
  }
  return ids;
}
