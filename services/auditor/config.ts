import { z } from 'zod';
import { dataFolder, elasticsearchUrl, kafkaBrokers, namespace, scope } from '#shared/config/common.ts';
import type { Setting } from '#shared/config/setting.ts';

const ledgerOrigin: Setting<string> = {
  variable: 'BREAKWATER_LEDGER_ORIGIN',
  schema: z
    .string()
    .regex(
      /^[A-Za-z0-9.-]+(?:\/[A-Za-z0-9._~-]+)*$/,
      'a URL without scheme, such as audit.example.com/ledger',
    )
    .default('breakwater.local/ledger'),
  description:
    'Start of the origins of logs, a URL without scheme that is yours (default breakwater.local/ledger).',
};

const ledgerKeyFile: Setting<string | undefined> = {
  variable: 'BREAKWATER_LEDGER_KEY_FILE',
  schema: z.string().optional(),
  description: 'Ed25519 key that signs checkpoints; made on first start (default <data>/keys/ledger.pem).',
};

const bodyKeyFile: Setting<string | undefined> = {
  variable: 'BREAKWATER_BODY_KEY_FILE',
  schema: z.string().optional(),
  description:
    'Secret that encrypts the bodies of audit records; made on first start (default <data>/keys/bodies.key).',
};

const checkpointInterval: Setting<number> = {
  variable: 'BREAKWATER_CHECKPOINT_INTERVAL_MS',
  schema: z.coerce.number().int().min(50).max(60_000).default(500),
  description: 'Longest time from a leaf to a signed checkpoint, milliseconds (default 500).',
};

const heartbeatInterval: Setting<number> = {
  variable: 'BREAKWATER_HEARTBEAT_INTERVAL_MS',
  schema: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
  description: 'Time between the heartbeats of each log, milliseconds (default 60000).',
};

export const auditorSettings = {
  kafkaBrokers,
  elasticsearchUrl,
  namespace,
  scope,
  dataFolder,
  ledgerOrigin,
  ledgerKeyFile,
  bodyKeyFile,
  checkpointInterval,
  heartbeatInterval,
};
