import { z } from 'zod';
import { kafkaBrokers, redisUrl, rulesFolder, scope } from '#shared/config/common.ts';
import { questionsToken } from '#shared/config/questions.ts';
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

const questionsHost: Setting<string> = {
  variable: 'BREAKWATER_QUESTIONS_HOST',
  schema: z.string().default('127.0.0.1'),
  description: 'Address on which questions are answered, when there is a token for them (default 127.0.0.1).',
};

const questionsPort: Setting<number> = {
  variable: 'BREAKWATER_QUESTIONS_PORT',
  schema: z.coerce.number().int().min(0).max(65_535).default(8082),
  description: 'Port on which questions are answered; 0 takes a free one (default 8082).',
};

export const correlatorSettings = {
  kafkaBrokers,
  redisUrl,
  rulesFolder,
  scope,
  tickMs,
  checkpointIntervalMs,
  questionsToken,
  questionsHost,
  questionsPort,
};
