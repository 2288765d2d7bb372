import { z } from 'zod';
import { dataFolder, kafkaBrokers, redisUrl, rulesFolder, scope } from '#shared/config/common.ts';
import { exportSettings } from '#shared/config/exports.ts';
import type { Setting } from '#shared/config/setting.ts';

const webhookUrl: Setting<string | undefined> = {
  variable: 'BREAKWATER_WEBHOOK_URL',
  schema: z.url({ protocol: /^https?$/ }).optional(),
  description: 'Where a POST goes when an incident opens; without it nobody is notified.',
};

const webhookSecret: Setting<string | undefined> = {
  variable: 'BREAKWATER_WEBHOOK_SECRET',
  schema: z.string().min(16).optional(),
  description: 'Signs each notification: HMAC-SHA-256 of the body in X-Breakwater-Signature.',
  secret: true,
};

const exportSchedules: Setting<string | undefined> = {
  variable: 'BREAKWATER_EXPORT_SCHEDULES',
  schema: z.string().optional(),
  description: 'YAML file of exports that are asked for again and again; none by default.',
};

const exportKeepDays: Setting<number> = {
  variable: 'BREAKWATER_EXPORT_KEEP_DAYS',
  schema: z.coerce.number().int().min(1).max(3_650).default(30),
  description: 'Days after which the bundle of an export is removed (default 30).',
};

export const workerSettings = {
  scope,
  kafkaBrokers,
  redisUrl,
  dataFolder,
  rulesFolder,
  webhookUrl,
  webhookSecret,
  exportSchedules,
  exportKeepDays,
  ...exportSettings,
};
