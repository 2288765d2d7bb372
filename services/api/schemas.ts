import { z } from 'zod';

/** Shapes of the API: checked at the edge and published as OpenAPI. */

const page_limit_max = 1000;

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(page_limit_max).default(100),
  after: z.string().max(2000).optional().describe('`next` of the page before.'),
});

export const incidentsQuery = pageQuery.extend({
  status: z.enum(['open', 'acknowledged', 'closed', 'merged']).optional(),
});

export const incidentParams = z.strictObject({ id: z.string().min(1).max(200) });

/** An ECS document as stored. */
const document = z.record(z.string(), z.unknown());

export const pageAnswer = z.strictObject({ items: z.array(document), next: z.string().optional() });

export const incidentAnswer = document;

export const errorAnswer = z.strictObject({ error: z.string(), code: z.string().optional() });

export const checkpointsAnswer = z.strictObject({
  logs: z.array(z.strictObject({ log: z.string(), checkpoint: z.string(), verifier_key: z.string() })),
});

export const healthAnswer = z.strictObject({
  status: z.enum(['ready', 'degraded']),
  elasticsearch: z.boolean(),
});
