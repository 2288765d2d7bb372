import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectStream } from '#shared/service/connect.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { runReplay } from '../../services/standalone/replay/run.ts';
import { createScenario, type StreamLine } from '../scenario/scenario.ts';
import { serverAddresses } from '../servers/addresses.ts';
import { type Indexed, openIndexed } from './indexed.ts';
import { ServiceProcess } from './service-process.ts';

const { kafka_brokers, elasticsearch_url, redis_url } = serverAddresses();
const run = Date.now().toString(36);
const namespace = `drill_${run}`;
/** Other tests' records lie in the same topics. */
const scope = `drill/${run}`;
const folder = mkdtempSync(join(tmpdir(), 'drill-'));
const settle_ms_max = 120_000;

const services = [
  'auditor',
  'indexer',
  'correlator',
  'inventory',
  'scanner',
  'admission',
  'runtime',
  'network',
];
const environment = {
  KAFKA_BROKERS: kafka_brokers,
  ELASTICSEARCH_URL: elasticsearch_url,
  REDIS_URL: redis_url,
  BREAKWATER_DATA: folder,
  BREAKWATER_NAMESPACE: namespace,
  BREAKWATER_SCOPE: scope,
};
const processes = new Map(services.map((name) => [name, new ServiceProcess(name, environment, folder)]));

const hostile = ['', 'no json', '[1,2', '\u0000'].map(
  (value): StreamLine => ({ topic: 'raw.runtime', key: null, timestamp: Date.UTC(2026, 10, 16, 9), value }),
);
const { lines } = createScenario({
  seed: 23,
  start_ms: Date.UTC(2026, 10, 16, 9),
  duration_ms: 3_600_000,
  benign_records: 1500,
  lateness_ms_max: 90_000,
  duplicates: 0.05,
});
const all = [...lines, ...hostile];

let indexed: Indexed;
beforeAll(() => {
  indexed = openIndexed(elasticsearch_url, namespace);
  for (const process of processes.values()) process.start();
});
afterAll(async () => {
  await Promise.all([...processes.values()].map((process) => process.stop()));
  await indexed.close();
});

it('a service killed midway loses nothing, doubles nothing, and changes no incident', async () => {
  const undisturbed = await undisturbedRun();
  const killed = processes.get('runtime');
  if (killed === undefined) throw new Error('no runtime service');
  const half = Math.floor(all.length / 2);
  await produce(all.slice(0, half));
  await expect.poll(() => indexed.eventIds(), { timeout: settle_ms_max, interval: 500 }).not.toHaveLength(0);
  await produce(all.slice(half));
  await killed.kill();
  killed.start();
  await expect
    .poll(async () => new Set(await indexed.eventIds()).size, { timeout: settle_ms_max, interval: 1000 })
    .toBe(undisturbed.event_ids.size);
  const ids = await indexed.eventIds();
  expect(ids).toHaveLength(undisturbed.event_ids.size);
  expect(new Set(ids)).toEqual(undisturbed.event_ids);
  await expect
    .poll(() => deadLetters(), { timeout: settle_ms_max })
    .toBeGreaterThanOrEqual(undisturbed.dead_letters);
  await expect
    .poll(() => indexed.incidents(scope), { timeout: settle_ms_max, interval: 1000 })
    .toEqual(undisturbed.incidents);
});

/** The same records through the same code in one process, without anything going wrong. */
async function undisturbedRun() {
  const file = join(folder, 'stream.ndjson');
  writeFileSync(file, all.map((line) => JSON.stringify(line)).join('\n'));
  const out = join(folder, 'undisturbed');
  const rules = await readRuleFiles(join(import.meta.dirname, '../../rules'));
  const result = await runReplay({ files: [file], out, scope, rules });
  expect(result.incidents.length).toBeGreaterThan(0);
  return {
    event_ids: new Set(readLines(join(out, 'events.ndjson')).map((line) => idOf(line))),
    dead_letters: result.dead_letters,
    incidents: readLines(join(out, 'incidents.ndjson')).toSorted(),
  };
}

function readLines(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function idOf(line: string): string {
  const { event }: { event: { id: string } } = JSON.parse(line);
  return event.id;
}

async function produce(some: readonly StreamLine[]): Promise<void> {
  const stream = await connectStream({ brokers: kafka_brokers.split(','), client_id: 'drill' });
  const writer = stream.writer();
  await writer.send(
    some.map(({ topic, key, timestamp, value }) => ({
      topic,
      key: key ?? undefined,
      value: Buffer.from(value),
      timestamp_ms: timestamp,
    })),
  );
  await writer.close();
  await stream.close();
}

/** A record may be rejected again after the kill: its letter then stands twice, with the same position in its headers. */
async function deadLetters(): Promise<number> {
  const stream = await connectStream({ brokers: kafka_brokers.split(','), client_id: 'drill' });
  const partitions = await stream.offsets('dlq.runtime');
  await stream.close();
  return partitions.reduce((total, { low, high }) => total + Number(high - low), 0);
}
