import { z } from 'zod';
import { roleTokenSetting } from '#shared/auth/tokens.ts';
import {
  dataFolder,
  elasticsearchUrl,
  kafkaBrokers,
  namespace,
  redisUrl,
  rulesFolder,
  scope,
} from '#shared/config/common.ts';
import { exportSettings } from '#shared/config/exports.ts';
import { questionsToken } from '#shared/config/questions.ts';
import type { Setting } from '#shared/config/setting.ts';
import { roles } from './authorisation.ts';

/** The name of a reader goes into the audit trail. */
const readers = roleTokenSetting(
  'BREAKWATER_API_TOKENS',
  'Who may: name=token or name:role+role=token, separated by commas; roles are reader, analyst, compliance, auditor. Required.',
  roles,
);

const host: Setting<string> = {
  variable: 'BREAKWATER_API_HOST',
  schema: z.string().default('127.0.0.1'),
  description: 'Address that the API listens on (default 127.0.0.1).',
};

const port: Setting<number> = {
  variable: 'BREAKWATER_API_PORT',
  schema: z.coerce.number().int().min(0).max(65_535).default(8080),
  description: 'Port that the API listens on; 0 takes a free one (default 8080).',
};

const auditSilence: Setting<number> = {
  variable: 'BREAKWATER_AUDIT_SILENCE_MS_MAX',
  schema: z.coerce.number().int().min(1_000).max(86_400_000).default(180_000),
  description:
    'Requests are refused when nothing has signed the audit ledger for longer, milliseconds (default 180000).',
};

const questionsUrls: Setting<readonly string[]> = {
  variable: 'BREAKWATER_QUESTIONS_URLS',
  schema: z
    .string()
    .default('http://127.0.0.1:8082')
    .transform((text) => text.split(',').map((url) => url.trim()))
    .pipe(z.array(z.url())),
  description: 'Where correlators answer questions, separated by commas (default http://127.0.0.1:8082).',
};

export const apiSettings = {
  questionsToken,
  questionsUrls,
  auditSilence,
  kafkaBrokers,
  elasticsearchUrl,
  namespace,
  scope,
  dataFolder,
  redisUrl,
  rulesFolder,
  ...exportSettings,
  readers,
  host,
  port,
};
