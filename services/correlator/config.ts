import { z } from 'zod';
import { kafkaBrokers, redisUrl, rulesFolder, scope } from '#shared/config/common.ts';
import type { Setting } from '#shared/config/setting.ts';

const tickMs: Setting<number> = {
  variable: 'BREAKWATER_CORRELATOR_TICK_MS',
  schema: z.coerce.number().int().min(0).max(10_000).default(200),
  description: 'Signals that come within this time are joined and written together (default 200).',
};

const checkpointIntervalMs: Setting<number> = {
  variable: 'BREAKWATER_CHECKPOINT_INTERVAL_MS',
  schema: z.coerce.number().int().min(1000).max(3_600_000).default(30_000),
  description: 'Time between two checkpoints of the state in Redis (default 30000).',
};

export const correlatorSettings = {
  kafkaBrokers,
  redisUrl,
  rulesFolder,
  scope,
  tickMs,
  checkpointIntervalMs,
};
