import { z } from 'zod';
import { dataFolder, elasticsearchUrl, kafkaBrokers, namespace, scope } from '#shared/config/common.ts';
import type { TimeServer } from '#shared/clock/time-server.ts';
import { bodyKeyFile, timestampUrl } from '#shared/config/exports.ts';
import type { Setting } from '#shared/config/setting.ts';
import type { WitnessAddress } from '#shared/ledger/witness/client.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { parseVerifierKey, type VerifierKey } from '#shared/ledger/verify/note.ts';

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

const timeServer: Setting<TimeServer | undefined> = {
  variable: 'BREAKWATER_TIME_SERVER',
  schema: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$/, 'a host, or host:port')
    .transform((text) => {
      const [host = '', port = '123'] = text.split(':');
      return { host, port: Number(port) };
    })
    .optional(),
  description:
    'Time server (NTP) that the clock is compared with at each heartbeat, host or host:port; without it heartbeats say that the offset is unknown.',
};

const witnesses: Setting<readonly WitnessAddress[]> = {
  variable: 'BREAKWATER_WITNESSES',
  schema: z
    .string()
    .default('')
    .transform((text, context) =>
      text
        .split(',')
        .filter((part) => part.trim() !== '')
        .map((part) => {
          const [vkey = '', url = ''] = part.trim().split(' ');
          if (!URL.canParse(url))
            context.addIssue(`${vkey}: a witness is its verifier key, a space and its URL`);
          return { key: readVerifierKey(vkey, context), url };
        }),
    ),
  description: 'Witnesses that cosign the anchor log: verifier key, space, URL; several separated by commas.',
};

const retentionFile: Setting<string | undefined> = {
  variable: 'BREAKWATER_RETENTION_FILE',
  schema: z.string().optional(),
  description: 'Retention policy, YAML: days by tenant and class of record (default: 13 months for all).',
};

const retentionInterval: Setting<number> = {
  variable: 'BREAKWATER_RETENTION_INTERVAL_MS',
  schema: z.coerce.number().int().min(1_000).max(604_800_000).default(86_400_000),
  description:
    'Time between two passes that remove what has passed its time, milliseconds (default one day).',
};

const selfCheckInterval: Setting<number> = {
  variable: 'BREAKWATER_SELF_CHECK_INTERVAL_MS',
  schema: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  description:
    'Time between two stretches of 4,096 leaves of each log that are verified again (default 10000).',
};

export const auditorSettings = {
  retentionFile,
  retentionInterval,
  selfCheckInterval,
  timeServer,
  witnesses,
  timestampUrl,
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

function readVerifierKey(text: string, context: z.RefinementCtx): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    context.addIssue(`${text}: ${error.message}`);
    return z.NEVER;
  }
}
