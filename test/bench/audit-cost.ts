import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFamilyLoop } from '#shared/ingest/family-loop.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { createFileSink } from '#shared/search/files/sink.ts';
import { noAuditTrail } from '#shared/service/audit-trail.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Service } from '#shared/service/service.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { families, topics } from '../../schemas/topics/topics.ts';
import { createAuditorService } from '../../services/auditor/auditor.ts';
import { createCorrelatorService } from '../../services/correlator/service.ts';
import { createIndexProcessor } from '../../services/indexer/processor.ts';
import { indexedTopics } from '../../services/indexer/topics.ts';
import { compileDetection } from '../../services/standalone/embedded/detection.ts';
import { createIngestProcessors } from '../../services/standalone/embedded/ingest-processors.ts';
import { readStream } from '../../services/standalone/replay/records.ts';
import { median, percent } from './figures.ts';

/**
 * What auditing costs: `node test/bench/audit-cost.ts [pairs] [stream.ndjson]`. The whole pipeline in one thread on
 * embedded adapters, from raw records to indexed documents and incidents, with audit records, auditor and ledger and
 * without, in interleaved pairs.
 */
const project = join(import.meta.dirname, '../..');
const [pairs = '7', asked] = process.argv.slice(2);
const campaign = join(
  process.env['BREAKWATER_SHARED'] ?? join(project, '../shared'),
  'campaigns/quiet/stream.ndjson',
);
const file = asked ?? (existsSync(campaign) ? campaign : join(project, 'test/fixtures/demo/stream.ndjson'));
const scope = 'bench';
const namespace = 'bench';
const fed_at_once = 5_000;
const pairs_unmeasured = 1;
const records_unmeasured = 1_000;

const rules = await readRuleFiles(join(project, 'rules'));
const ruleSet = compileDetection(rules).rules;
const { privateKey: signingKey } = generateKeyPairSync('ed25519');
const records = (await Array.fromAsync(readStream(file)))
  .flat()
  .flatMap((input) => (input.kind === 'record' ? [input.record] : []));

interface Run {
  readonly cpu_us: number;
  readonly wall_us: number;
}

async function run(audited: boolean): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-cost-'));
  let now_ms = 0;
  const clock = { now_ms: () => now_ms };
  const stream = createMemoryStream({ retention: 'unread', clock });
  await stream.createTopics(topics.map((topic) => ({ ...topic, partitions: 1 })));
  const writer = stream.writer();
  const common = { stream, writer, scope, namespace, clock, telemetry: noTelemetry, log: silentLog };
  const trailOf = (service: string) =>
    audited ? createAuditTrail({ writer, producer: `${service}/bench` }) : noAuditTrail;
  const processors = createIngestProcessors({ scope, namespace, rules }, clock.now_ms);
  const services: Service[] = [
    ...families.map((family) =>
      createFamilyLoop({ ...common, family, processor: processors[family], audit: trailOf(family) }),
    ),
    createCorrelatorService({ ...common, rules: ruleSet, audit: trailOf('correlator') }),
    new Loop({
      ...common,
      name: 'indexer',
      tenant: scope,
      topics: indexedTopics,
      batch_records_max: 5_000,
      processor: createIndexProcessor({ sink: createFileSink(folder), namespace }),
      deadLetterTopic: () => 'dlq.index',
      audit_type: 'batch.index',
      audit: trailOf('indexer'),
    }),
  ];
  if (audited) {
    const directory = join(folder, 'ledger');
    const auditor = {
      ...common,
      directory,
      origin: 'bench.example',
      signingKey,
      bodySecret: Buffer.alloc(32),
    };
    services.push(
      createAuditorService({ ...auditor, instance: 'bench', tenant: scope, checkpoint_interval_ms: 500 }),
    );
  }
  for (const service of services) await service.start();
  const feed = async (some: readonly OutgoingRecord[]): Promise<void> => {
    now_ms = some.reduce((newest, record) => Math.max(newest, record.timestamp_ms ?? 0), now_ms);
    await writer.send(some);
    await settle(services);
  };
  // The first records open logs and files, once for as long as a service lives.
  const measured = records.slice(records_unmeasured);
  await feed(records.slice(0, records_unmeasured));
  const cpu_before = process.cpuUsage();
  const started_ms = performance.now();
  for (let at = 0; at < measured.length; at += fed_at_once) await feed(measured.slice(at, at + fed_at_once));
  const wall_us = (performance.now() - started_ms) * 1000;
  const { user, system } = process.cpuUsage(cpu_before);
  for (const service of services) await service.stop();
  rmSync(folder, { recursive: true });
  return { cpu_us: (user + system) / measured.length, wall_us: wall_us / measured.length };
}

/** Each look may find what the service before has just written. */
async function settle(services: readonly Service[]): Promise<void> {
  for (let quiet = 0; quiet < services.length; quiet += 1) {
    const lags = await Promise.all(services.map((service) => service.lag()));
    if (lags.some((lag) => lag > 0n)) quiet = -1;
    await sleep(1);
  }
}

const [on, off]: [Run[], Run[]] = [[], []];
for (let pair = -pairs_unmeasured; pair < Number(pairs); pair += 1) {
  // Who goes first alternates: what disturbs the machine disturbs both.
  const order = pair % 2 === 0 ? [true, false] : [false, true];
  for (const audited of order) {
    const figures = await run(audited);
    if (pair >= 0) (audited ? on : off).push(figures);
  }
}

for (const [name, of] of [
  ['CPU time', ({ cpu_us }: Run) => cpu_us],
  ['time', ({ wall_us }: Run) => wall_us],
] as const) {
  const costs = on.map((each, pair) => of(each) / of(off[pair] ?? each) - 1);
  const quietest = Math.min(...on.map(of)) / Math.min(...off.map(of)) - 1;
  const range = `${percent(Math.min(...costs))} to ${percent(Math.max(...costs))}`;
  process.stdout.write(
    `${name} of a record: ${median(on.map(of)).toFixed(1)} µs audited, ${median(off.map(of)).toFixed(1)} µs not; ` +
      `auditing costs ${percent(median(costs))} (${range}, ${pairs} pairs of ${records.length} records; ` +
      `${percent(quietest)} between the quietest runs)\n`,
  );
}
