import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import { parseRetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { createAuditorService } from './auditor.ts';
import { auditorSettings } from './config.ts';
import { createElasticsearchCopyReader } from './search-copy/reader.ts';

export const auditorService: ServiceDefinition<typeof auditorSettings> = {
  name: 'auditor',
  description: 'writes every audit record into a ledger that outsiders can verify',
  settings: auditorSettings,
  create: async (config, runtime) => {
    const keys = join(config.dataFolder, 'keys');
    const directory = join(config.dataFolder, 'ledger');
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-auditor-${runtime.instance}`,
    });
    const sink = createElasticsearchSink({
      url: config.elasticsearchUrl,
      namespace: config.namespace,
      clock: runtime.clock,
    });
    const reader = createElasticsearchCopyReader(config.elasticsearchUrl);
    const auditor = createAuditorService({
      stream,
      directory,
      origin: config.ledgerOrigin,
      signingKey: openKeySource(directory, config.ledgerKeyFile ?? join(keys, 'ledger.pem')),
      bodySecret: loadOrCreateSecret(config.bodyKeyFile ?? join(keys, 'bodies.key')),
      tenant: config.scope,
      checkpoint_interval_ms: config.checkpointInterval,
      heartbeat_interval_ms: config.heartbeatInterval,
      time_server: config.timeServer,
      anchor: { witnesses: config.witnesses, timestamp_url: config.timestampUrl },
      retention: {
        policy: parseRetentionPolicy(
          config.retentionFile === undefined ? '' : readFileSync(config.retentionFile, 'utf8'),
        ),
        interval_ms: config.retentionInterval,
      },
      self_check_interval_ms: config.selfCheckInterval,
      searchCopy: { sink, reader, namespace: config.namespace },
      ...runtime,
    });
    return {
      name: auditor.name,
      failed: auditor.failed,
      start: () => auditor.start(),
      lag: () => auditor.lag(),
      stop: async () => {
        // First, so that a search engine that is away cannot hold up the end; what it misses, the next start copies.
        await sink.close();
        await auditor.stop();
        await reader.close();
        await stream.close();
      },
    };
  },
};
