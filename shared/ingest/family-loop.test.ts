import { expect, it } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import { systemClock } from '#shared/clock/clock.ts';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import { entity } from '#shared/event/entity.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject } from '#shared/event/json.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { noDetector } from '#shared/sigma/detector.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { createFamilyLoop } from './family-loop.ts';
import { createIngest } from './ingest.ts';

const alarm: Format = {
  name: 'alarm',
  family: 'runtime',
  recognises: (record) => isJsonObject(record) && record['alarm'] === true,
  normalise: () => ({
    kind: 'ok',
    drafts: [
      {
        time_ns: undefined,
        dataset: 'alarm.alerts',
        dedupe_key: undefined,
        document: { message: 'alarm' },
        actors: [entity('user', 'alice')],
        targets: [],
        marks: [{ rule: { id: 'alarm/1', title: 'Alarm', level: 'high', origin: 'tool' } }],
        facts: [{ a: 'pod:p', relation: 'runs_on', b: 'node:n', from_ns: 1n, confidence: 90 }],
      },
    ],
  }),
};

it('turns raw records into events, signals, facts and dead letters, and leaves an audit record', async () => {
  const stream = createMemoryStream();
  const topics = ['raw.runtime', 'events.runtime', 'signals', 'facts', 'dlq.runtime'];
  await stream.createTopics(topics.map((name) => ({ name, partitions: 1, config: {} })));
  const audited: AuditEntry[] = [];
  const shared = { clock: systemClock, telemetry: noTelemetry };
  const loop = createFamilyLoop({
    family: 'runtime',
    scope: 'default',
    processor: createIngest({
      family: 'runtime',
      formats: [alarm],
      scope: 'default',
      namespace: 'default',
      detector: () => noDetector,
      context: createMemoryContextStore(),
      ...shared,
    }),
    stream,
    writer: stream.writer(),
    audit: { record: async (entries) => void audited.push(...entries) },
    log: silentLog,
    ...shared,
  });
  const values = ['{"alarm":true}', 'not json', '[]'];
  await stream.writer().send(values.map((value) => ({ topic: 'raw.runtime', value: Buffer.from(value) })));
  await loop.start();
  await expect.poll(() => loop.lag()).toBe(0n);
  await loop.stop();

  const high = async (topic: string): Promise<bigint | undefined> => (await stream.offsets(topic))[0]?.high;
  expect(await Promise.all(topics.slice(1).map(high))).toEqual([1n, 1n, 1n, 1n]);
  expect(audited.map(({ type, tenant }) => [type, tenant])).toEqual([['batch.ingest', 'default']]);
  expect(loop.conservation.in_flight).toBe(0);

  const read = stream.reader({
    group: 'test',
    topics: ['signals'],
    batch_records_max: 10,
    commit: 'handled',
    onGap: () => undefined,
  });
  const rules: string[] = [];
  await read.start(async ({ records }) => {
    for (const { value } of records) if (value !== undefined) rules.push(codecs.signal.decode(value).rule.id);
  });
  await expect.poll(() => rules).toEqual(['alarm/1']);
  await read.stop();
});
