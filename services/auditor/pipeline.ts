import { join } from 'node:path';
import { loadOrCreateKey, loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import { connectStream } from '#shared/service/connect.ts';
import type { ServiceDefinition } from '#shared/service/definition.ts';
import { createAuditorService } from './auditor.ts';
import { auditorSettings } from './config.ts';

export const auditorService: ServiceDefinition<typeof auditorSettings> = {
  name: 'auditor',
  description: 'writes every audit record into a ledger that outsiders can verify',
  settings: auditorSettings,
  create: async (config, runtime) => {
    const keys = join(config.dataFolder, 'keys');
    const stream = await connectStream({
      brokers: config.kafkaBrokers,
      client_id: `breakwater-auditor-${runtime.instance}`,
    });
    const auditor = createAuditorService({
      stream,
      directory: join(config.dataFolder, 'ledger'),
      origin: config.ledgerOrigin,
      signingKey: loadOrCreateKey(config.ledgerKeyFile ?? join(keys, 'ledger.pem')),
      bodySecret: loadOrCreateSecret(config.bodyKeyFile ?? join(keys, 'bodies.key')),
      tenant: config.scope,
      checkpoint_interval_ms: config.checkpointInterval,
      heartbeat_interval_ms: config.heartbeatInterval,
      ...runtime,
    });
    return {
      name: auditor.name,
      failed: auditor.failed,
      start: () => auditor.start(),
      lag: () => auditor.lag(),
      stop: async () => {
        await auditor.stop();
        await stream.close();
      },
    };
  },
};
