import { z } from 'zod';
import { kafkaBrokers, redisUrl } from '#shared/config/common.ts';
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

export const workerSettings = { kafkaBrokers, redisUrl, webhookUrl, webhookSecret };
