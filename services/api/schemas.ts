import { z } from 'zod';
import { askSchema } from '#shared/ledger/export/ask.ts';
import { redactionSchema } from '#shared/ledger/export/redaction.ts';
import { exportStatuses } from '#shared/ledger/export/request.ts';

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

export const whyNotQuery = z.strictObject({
  a: z.string().min(1).max(200).describe('Id of a signal, an event or an incident.'),
  b: z.string().min(1).max(200).describe('Id of another one.'),
});

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

export const exportParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/) });

export const exportOrder = z.strictObject({
  tenant: z.string().min(1).max(256).optional().describe('Whose records; the tenant of this API by default.'),
  purpose: z.string().min(1).max(256).describe('What for; it goes into the ledger.'),
  ask: askSchema.default({}),
  bodies: z.enum(['none', 'redacted', 'full']).default('none'),
  redaction: redactionSchema.default({ remove: [], pseudonymise: [] }),
});

export const exportsQuery = pageQuery.extend({ status: z.enum(exportStatuses).optional() });

/** An export as the API shows it. */
export const exportAnswer = z.strictObject({
  id: z.string(),
  status: z.enum(exportStatuses),
  tenant: z.string(),
  requester: z.string(),
  approver: z.string().describe('Empty when nobody approved it.'),
  needs_approval: z.boolean(),
  purpose: z.string(),
  schedule: z.string().optional(),
  report: z.boolean().optional(),
  ask: askSchema,
  bodies: z.string(),
  records: z.number().describe('Leaves that match.'),
  requested: z.string(),
  created: z.string().optional(),
  manifest_sha256: z.string().optional(),
});

/** Bytes that are streamed. */
export const bytesAnswer = z.unknown();

export const exportsAnswer = z.strictObject({ items: z.array(exportAnswer), next: z.string().optional() });

const decisionArguments = z.record(z.string().max(64), z.string().max(512)).default({});

export const decisionOrder = z
  .strictObject({
    action: z.enum(['assign', 'comment', 'acknowledge', 'close', 'reopen', 'merge', 'split', 'suppress']),
    arguments: decisionArguments.describe(
      'assign: assignee; close: disposition; merge: into; split: signals; suppress: rule or entity, from, expires; with change, the signals stay and count as part of that approved change.',
    ),
    reason: z.string().max(2_000).default(''),
  })
  .refine(({ action, arguments: given }) => action !== 'assign' || given['assignee'] !== undefined, {
    error: 'assign needs the argument assignee',
  })
  .refine(({ action, arguments: given }) => action !== 'merge' || given['into'] !== undefined, {
    error: 'merge needs the argument into',
  });

export const decisionAnswer = z.strictObject({ decision: z.string() });

export const milestoneAnswer = z.strictObject({ milestone: z.string() });

export const reportOrder = z.strictObject({ purpose: z.string().min(1).max(256).default('incident report') });
