import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Family } from '#shared/avro/types.generated.ts';
import { systemClock } from '#shared/clock/clock.ts';
import { readConfig } from '#shared/config/read.ts';
import type { Settings } from '#shared/config/setting.ts';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import { ingest, recordOf } from '#shared/ingest/testing/harness.ts';
import type { Stream, StreamRecord } from '#shared/kafka/port.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { Runtime, ServiceDefinition } from '#shared/service/definition.ts';
import { retryForever } from '#shared/service/retry.ts';
import type { Service } from '#shared/service/service.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { families } from '../../schemas/topics/topics.ts';
import { admissionService } from '../../services/admission/pipeline.ts';
import { correlatorService } from '../../services/correlator/pipeline.ts';
import { indexerSettings } from '../../services/indexer/config.ts';
import { createIndexer } from '../../services/indexer/pipeline.ts';
import { inventoryService } from '../../services/inventory/pipeline.ts';
import { networkService } from '../../services/network/pipeline.ts';
import { runtimeService } from '../../services/runtime/pipeline.ts';
import { scannerService } from '../../services/scanner/pipeline.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { openIndexed } from '../drill/indexed.ts';
import { serverAddresses } from '../servers/addresses.ts';
import { readFixtures } from './fixtures.ts';
import { haveSamples, readSamples, samplesFolder } from './samples.ts';

/** Long enough for all samples on a busy machine. */
const settle_ms_max = 150_000;

const { kafka_brokers, elasticsearch_url, redis_url } = serverAddresses();
const run = Date.now().toString(36);
const namespace = `kafka_${run}`;
const scope = `corpus/${run}`;
const now_ms = Date.now();
const environment = {
  KAFKA_BROKERS: kafka_brokers,
  ELASTICSEARCH_URL: elasticsearch_url,
  REDIS_URL: redis_url,
  BREAKWATER_NAMESPACE: namespace,
  BREAKWATER_DATA: mkdtempSync(join(tmpdir(), 'corpus-')),
};
const runtime: Runtime = { clock: systemClock, log: silentLog, telemetry: noTelemetry, instance: run };

if (!haveSamples)
  process.stderr.write(`SKIPPED: no samples in ${samplesFolder}; the fixtures alone go through\n`);
const inputs = [...readFixtures(), ...(haveSamples ? readSamples() : [])].map(
  ({ family, name, value }, index) => ({
    family,
    name,
    record: recordOf(value, {
      topic: `raw.${family}`,
      offset: BigInt(index),
      timestamp_ms: now_ms,
      headers: { 'breakwater-scope': scope },
    }),
  }),
);

function create<Declared extends Settings>(definition: ServiceDefinition<Declared>): Promise<Service> {
  return definition.create(readConfig(definition.settings, environment), runtime);
}

let stream: Stream;
let services: readonly Service[] = [];
beforeAll(async () => {
  stream = await connectStream({ brokers: kafka_brokers.split(','), client_id: `corpus-${run}` });
  services = await Promise.all([
    create(inventoryService),
    create(scannerService),
    create(admissionService),
    create(runtimeService),
    create(networkService),
    create(correlatorService),
    createIndexer(readConfig(indexerSettings, environment), runtime, 'strict'),
  ]);
  await Promise.all(services.map((service) => service.start()));
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await stream.close();
});

it(`Elasticsearch takes what becomes of ${inputs.length} records of all formats, under strict templates`, async () => {
  await settled();
  const before = await deadLetters();
  const expected = await readInProcess();
  const writer = stream.writer();
  // One partition a family: the versions of a report keep their order, as in this process.
  await writer.send(inputs.map(({ record }) => ({ ...record, key: undefined, partition: 0 })));
  await writer.close();
  await settled();

  const after = await deadLetters();
  expect(after.get('dlq.index')).toBe(before.get('dlq.index'));
  for (const family of families) {
    const letters = Number((after.get(`dlq.${family}`) ?? 0n) - (before.get(`dlq.${family}`) ?? 0n));
    expect(letters, `dead letters of ${family}`).toBe(expected.dead_letters.get(family) ?? 0);
  }
  const indexed = openIndexed(elasticsearch_url, namespace);
  const ids = await indexed.eventIds('breakwater.scope', scope);
  const safe_forms = await indexed.eventIds('event.kind', 'pipeline_error');
  await indexed.close();
  expect(safe_forms.flatMap((id) => expected.events.get(id) ?? [])).toEqual([]);
  const found = new Set(ids);
  expect([...expected.events].filter(([id]) => !found.has(id)).map(([, name]) => name)).toEqual([]);
  expect(ids.toSorted()).toEqual([...expected.events.keys()].toSorted());
});

/** The same records through the same code in this process: which events there must be, and how many dead letters. */
async function readInProcess(): Promise<{
  readonly events: ReadonlyMap<string, string>;
  readonly dead_letters: ReadonlyMap<Family, number>;
}> {
  const formats = allFormats();
  const context = createMemoryContextStore();
  const events = new Map<string, string>();
  const dead_letters = new Map<Family, number>();
  for (const { family, name, record } of inputs) {
    const ingested = await ingest(
      { family, formats: formats[family], context },
      record satisfies StreamRecord,
    );
    for (const { id } of ingested.events) events.set(id, name);
    const rejected = ingested.outcomes.filter(({ kind }) => kind === 'reject').length;
    dead_letters.set(family, (dead_letters.get(family) ?? 0) + rejected + ingested.dead.length);
  }
  return { events, dead_letters };
}

/** Nothing waits any more, in the order in which records go from service to service. */
async function settled(): Promise<void> {
  for (const service of services) {
    await expect
      .poll(() => service.lag(), { timeout: settle_ms_max, interval: 500, message: service.name })
      .toBe(0n);
  }
}

function deadLetters(): Promise<ReadonlyMap<string, bigint>> {
  const names = [...families.map((family) => `dlq.${family}`), 'dlq.index'];
  // The leader of a topic that was just made may not know of it yet.
  const ask = async (): Promise<ReadonlyMap<string, bigint>> => {
    const offsets = await Promise.all(names.map((name) => stream.offsets(name)));
    return new Map(
      names.map((name, index) => [
        name,
        (offsets[index] ?? []).reduce((total, { high }) => total + high, 0n),
      ]),
    );
  };
  return retryForever(ask, { signal: new AbortController().signal, onRetry: () => undefined });
}
