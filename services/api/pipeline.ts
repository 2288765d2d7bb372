import { join } from 'node:path';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import type { Service } from '#shared/service/service.ts';
import { apiSettings } from './config.ts';
import { createCheckpointReader } from './ports/checkpoint-reader.ts';
import { createElasticsearchIncidentStore } from './ports/elasticsearch-incident-store.ts';
import { createApiServer } from './server.ts';

export const apiService: ServiceDefinition<typeof apiSettings> = {
  name: 'api',
  description: 'answers for incidents, timelines and the audit ledger over HTTP',
  settings: apiSettings,
  create: async (config, runtime) => {
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-api-${runtime.instance}`,
    });
    const writer = stream.writer();
    const incidents = createElasticsearchIncidentStore(config.elasticsearchUrl, config.namespace);
    const server = await createApiServer({
      incidents,
      checkpoints: createCheckpointReader(join(config.dataFolder, 'ledger')),
      readers: config.readers,
      audit: createAuditTrail({ writer, producer: `api/${runtime.instance}` }),
      tenant: config.scope,
      now_ms: () => runtime.clock.now_ms(),
    });
    const service: Service = {
      name: 'api',
      failed: new Promise<never>(() => undefined),
      start: async () => {
        const address = await server.listen({ host: config.host, port: config.port });
        runtime.log.info('listening', { address });
      },
      lag: () => Promise.resolve(0n),
      stop: async () => {
        await server.close();
        await incidents.close();
        await writer.close();
        await stream.close();
      },
    };
    return service;
  },
};
