import { join } from 'node:path';
import { createExportJobs } from '#shared/jobs/export-jobs.ts';
import { openExports } from '#shared/ledger/export/open.ts';
import { requireLiveLedger } from '#shared/ledger/live-trail.ts';
import { loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createHttpService } from '#shared/service/http-service.ts';
import { apiSettings } from './config.ts';
import { createCheckpointReader } from './ports/checkpoint-reader.ts';
import { createDecisionWriter } from './ports/decision-writer.ts';
import { createElasticsearchIncidentStore } from './ports/elasticsearch-incident-store.ts';
import { createQuestions } from './ports/questions.ts';
import { createApiServer } from './server.ts';

export const apiService: ServiceDefinition<typeof apiSettings> = {
  name: 'api',
  description: 'answers for incidents, timelines and the audit ledger over HTTP',
  settings: apiSettings,
  create: async (config, runtime) => {
    const kafka = await connectKafka('api', config.kafkaBrokers, runtime.instance);
    const incidents = createElasticsearchIncidentStore(config.elasticsearchUrl, config.namespace);
    const now_ms = (): number => runtime.clock.now_ms();
    const audit = requireLiveLedger(
      kafka.audit,
      join(config.dataFolder, 'ledger'),
      config.auditSilence,
      now_ms,
    );
    const exports = openExports({ ...config, trail: audit, clock: runtime.clock });
    const jobs = createExportJobs(config.redisUrl, runtime.log);
    const server = await createApiServer({
      incidents,
      checkpoints: createCheckpointReader(join(config.dataFolder, 'ledger')),
      readers: config.readers,
      exports,
      jobs,
      questions: createQuestions(config.questionsUrls, config.questionsToken),
      decisions: createDecisionWriter(kafka.writer),
      bodySecret: loadOrCreateSecret(config.bodyKeyFile ?? join(config.dataFolder, 'keys', 'bodies.key')),
      data_folder: config.dataFolder,
      audit,
      tenant: config.scope,
      now_ms,
      log: runtime.log,
    });
    return createHttpService({
      name: 'api',
      server,
      address: { host: config.host, port: config.port },
      log: runtime.log,
      closeAfter: [incidents, jobs, kafka],
    });
  },
};
