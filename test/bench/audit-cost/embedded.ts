import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFamilyLoop } from '#shared/ingest/family-loop.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import { createFileSink } from '#shared/search/files/sink.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Service } from '#shared/service/service.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { families, topics } from '../../../schemas/topics/topics.ts';
import { createAuditorService } from '../../../services/auditor/auditor.ts';
import { createCorrelatorService } from '../../../services/correlator/service.ts';
import { createIndexProcessor } from '../../../services/indexer/processor.ts';
import { indexedTopics } from '../../../services/indexer/topics.ts';
import { compileDetection } from '../../../services/standalone/embedded/detection.ts';
import { createIngestProcessors } from '../../../services/standalone/embedded/ingest-processors.ts';
import { serveTurns } from './turns.ts';

/**
 * The whole pipeline in one thread on embedded adapters, from raw records to indexed documents and incidents; a process
 * that `audit-cost.ts` starts twice. Arguments: stream, `audited` or `unaudited`.
 */
const [file = '', mode = ''] = process.argv.slice(2);
const audited = mode === 'audited';
const project = join(import.meta.dirname, '../../..');
const scope = 'bench';
const namespace = 'bench';

const folder = mkdtempSync(join(tmpdir(), 'audit-cost-'));
let now_ms = 0;
const clock = { now_ms: () => now_ms };
const stream = createMemoryStream({ retention: 'unread', clock });
await stream.createTopics(topics.map((topic) => ({ ...topic, partitions: 1 })));
const writer = stream.writer();
const services = createServices(await readRuleFiles(join(project, 'rules')));
for (const service of services) await service.start();

function createServices(rules: Awaited<ReturnType<typeof readRuleFiles>>): Service[] {
  const common = { stream, writer, scope, namespace, clock, telemetry: noTelemetry, log: silentLog };
  const trailOf = (service: string) => createAuditTrail({ writer, producer: `${service}/bench` });
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

await serveTurns(
  {
    turn_records: 2_000,
    async process(records) {
      now_ms = records.reduce((newest, record) => Math.max(newest, record.timestamp_ms ?? 0), now_ms);
      await writer.send(records);
      await settle();
      return performance.now();
    },
    cpu_us() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    async close() {
      for (const service of services) await service.stop();
      rmSync(folder, { recursive: true });
    },
  },
  file,
);
