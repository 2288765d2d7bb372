import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFamilyLoop } from '#shared/ingest/family-loop.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
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
import { daysLater } from './repeated-days.ts';

/**
 * The whole pipeline in one thread on embedded adapters, from raw records to indexed documents and incidents; a process
 * that `audit-cost.ts` starts twice. Arguments: stream, `audited` or `unaudited`. Each message that comes lets it
 * process the next few records; then it says what that took. When the stream ends, its next day begins.
 */
const [file = '', mode = ''] = process.argv.slice(2);
const audited = mode === 'audited';
const project = join(import.meta.dirname, '../..');
const scope = 'bench';
const namespace = 'bench';
/** Some tenths of a second: while one of the two processes works, the machine hardly changes. */
const fed_at_once = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'audit-cost-'));
let now_ms = 0;
const clock = { now_ms: () => now_ms };
const stream = createMemoryStream({ retention: 'unread', clock });
await stream.createTopics(topics.map((topic) => ({ ...topic, partitions: 1 })));
const writer = stream.writer();
const services = createServices(await readRuleFiles(join(project, 'rules')));
const records = (await Array.fromAsync(readStream(file)))
  .flat()
  .flatMap((input) => (input.kind === 'record' ? [input.record] : []));
for (const service of services) await service.start();

function createServices(rules: Awaited<ReturnType<typeof readRuleFiles>>): Service[] {
  const common = { stream, writer, scope, namespace, clock, telemetry: noTelemetry, log: silentLog };
  const trailOf = (service: string) =>
    audited ? createAuditTrail({ writer, producer: `${service}/bench` }) : noAuditTrail;
  const processors = createIngestProcessors({ scope, namespace, rules }, clock.now_ms);
  const pipeline: Service[] = [
    ...families.map((family) =>
      createFamilyLoop({ ...common, family, processor: processors[family], audit: trailOf(family) }),
    ),
    createCorrelatorService({
      ...common,
      rules: compileDetection(rules).rules,
      audit: trailOf('correlator'),
    }),
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
  const auditor = {
    ...common,
    directory: join(folder, 'ledger'),
    origin: 'bench.example',
    signingKey: generateKeyPairSync('ed25519').privateKey,
    bodySecret: Buffer.alloc(32),
    instance: 'bench',
    tenant: scope,
    checkpoint_interval_ms: 500,
  };
  return audited ? [...pipeline, createAuditorService(auditor)] : pipeline;
}

/** Each look may find what the service before has just written. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < services.length; quiet += 1) {
    const lags = await Promise.all(services.map((service) => service.lag()));
    if (lags.some((lag) => lag > 0n)) quiet = -1;
    await sleep(1);
  }
}

/** What one message is answered with; times in all, not for each record. */
interface Turn {
  readonly records: number;
  readonly cpu_us: number;
  readonly wall_us: number;
  /** Whether the day ends with it. */
  readonly ends_day: boolean;
}

async function* takeTurns(): AsyncGenerator<Turn, never> {
  for (let day = 0; ; day += 1) {
    const today = daysLater(records, day);
    for (let at = 0; at < today.length; at += fed_at_once) {
      const fed = today.slice(at, at + fed_at_once);
      const cpu_before = process.cpuUsage();
      const started_ms = performance.now();
      now_ms = fed.reduce((newest, record) => Math.max(newest, record.timestamp_ms ?? 0), now_ms);
      await writer.send(fed);
      await settle();
      const wall_us = (performance.now() - started_ms) * 1000;
      const { user, system } = process.cpuUsage(cpu_before);
      const ends_day = at + fed_at_once >= today.length;
      yield { records: fed.length, cpu_us: user + system, wall_us, ends_day };
    }
  }
}

const turns = takeTurns();
process.on('message', () => {
  void turns.next().then(({ value }) => process.send?.(value));
});
process.once('disconnect', () => {
  void Promise.all(services.map((service) => service.stop())).then(() => rmSync(folder, { recursive: true }));
});
process.send?.('ready');
