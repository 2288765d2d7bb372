import { z } from 'zod';
import { elasticsearchUrl, kafkaBrokers, namespace, scope } from '#shared/config/common.ts';
import type { Setting } from '#shared/config/setting.ts';

const elasticsearchApiKey: Setting<string | undefined> = {
  variable: 'ELASTICSEARCH_API_KEY',
  schema: z.string().min(1).optional(),
  description: 'API key of Elasticsearch, base64; without it the user and password of the URL, if any.',
  secret: true,
};

const eventRetentionDays: Setting<number> = {
  variable: 'BREAKWATER_EVENT_RETENTION_DAYS',
  schema: z.coerce.number().int().min(1).max(3650).default(90),
  description: 'Days that events stay in Elasticsearch (default 90).',
};

export const indexerSettings = {
  kafkaBrokers,
  elasticsearchUrl,
  elasticsearchApiKey,
  namespace,
  scope,
  eventRetentionDays,
};
