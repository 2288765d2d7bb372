import { z } from 'zod';
import type { Setting } from './setting.ts';

/** `a:1,b:2` as a list. */
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));

export const kafkaBrokers: Setting<string[]> = {
  variable: 'KAFKA_BROKERS',
  schema: list.default(['127.0.0.1:9092']),
  description: 'Kafka bootstrap servers, host:port separated by commas (default 127.0.0.1:9092).',
};

export const redisUrl: Setting<string> = {
  variable: 'REDIS_URL',
  schema: z.string().default('redis://127.0.0.1:6379'),
  description: 'Redis, redis:// or rediss:// (default redis://127.0.0.1:6379).',
};

export const elasticsearchUrl: Setting<string> = {
  variable: 'ELASTICSEARCH_URL',
  schema: z.string().default('http://127.0.0.1:9200'),
  description: 'Elasticsearch, http:// or https:// (default http://127.0.0.1:9200).',
};

export const scope: Setting<string> = {
  variable: 'BREAKWATER_SCOPE',
  schema: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._/-]{0,99}$/, 'a tenant and cluster name: lower-case letters, digits, . _ - /')
    .default('default'),
  description: 'Tenant and cluster of records whose sender names none (default default).',
};

export const namespace: Setting<string> = {
  variable: 'BREAKWATER_NAMESPACE',
  schema: z
    .string()
    .regex(/^[a-z0-9_]{1,100}$/, 'lower-case letters, digits and _')
    .default('breakwater'),
  description:
    'Namespace of the data streams logs-*-<namespace>; nothing else should write to it (default breakwater).',
};

export const rulesFolder: Setting<string> = {
  variable: 'BREAKWATER_RULES',
  schema: z.string().default(new URL('../../rules', import.meta.url).pathname),
  description: 'Folder of Sigma rules (default: the rules that come with Breakwater).',
};

export const dataFolder: Setting<string> = {
  variable: 'BREAKWATER_DATA',
  schema: z.string().default('.breakwater'),
  description:
    'Folder for what must survive a restart on this host, such as the ledger (default .breakwater).',
};

export const healthPort: Setting<number> = {
  variable: 'BREAKWATER_HEALTH_PORT',
  schema: z.coerce.number().int().min(0).max(65_535).default(0),
  description: 'Port of /health, /ready and /metrics; 0 takes a free one (default 0).',
};

export const healthHost: Setting<string> = {
  variable: 'BREAKWATER_HEALTH_HOST',
  schema: z.string().default('127.0.0.1'),
  description: 'Address that /health, /ready and /metrics listen on (default 127.0.0.1).',
};

export const logLevel: Setting<'debug' | 'info' | 'warn' | 'error'> = {
  variable: 'BREAKWATER_LOG_LEVEL',
  schema: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  description: 'debug, info, warn or error (default info).',
};
