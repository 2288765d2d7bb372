import { join } from 'node:path';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { ExportFilter } from '../evidence/filter.ts';
import { askSchema } from './ask.ts';
import { logRangeSchema } from './published-logs.ts';
import { redactionSchema } from './redaction.ts';

const time = z.iso.datetime({ offset: true });
const short = z.string().min(1).max(256);
const values_max = 10_000;

const selectionSchema = z.strictObject({
  from: time.optional(),
  until: time.optional(),
  types: z.array(short).max(200).optional(),
  outcome: z.enum(['success', 'failure', 'unknown']).optional(),
  facts: z.record(short, z.union([short, z.array(short).max(values_max)])).optional(),
  text: short.optional(),
});

/** A filter as it is applied. */
export const filterSchema = selectionSchema.extend({
  one_of: z.array(z.array(selectionSchema).max(200)).max(20).optional(),
}) satisfies z.ZodType<ExportFilter>;

/** What somebody asks for. */
export const exportOrderSchema = z.strictObject({
  tenant: short,
  /** The account of whoever asks. */
  requester: short,
  purpose: short,
  ask: askSchema,
  /** `none`: leaves alone. */
  bodies: z.enum(['none', 'redacted', 'full']).default('none'),
  redaction: redactionSchema.default({ remove: [], pseudonymise: [] }),
  /** With a report of the incident that is asked for. */
  report: z.boolean().optional(),
  /** The schedule that asks. */
  schedule: short.optional(),
});

export type ExportOrder = z.input<typeof exportOrderSchema>;

export const exportStatuses = [
  'requested',
  'approved',
  'refused',
  'cancelled',
  'created',
  'expired',
] as const;

/** An export from the request on; kept as a file. */
export const exportRequestSchema = exportOrderSchema.extend({
  id: z.string(),
  /** The ask as it was given, and the filter that it means. */
  filter_asked: z.string(),
  filter: filterSchema,
  logs: z.array(logRangeSchema),
  /** Leaves that match. */
  records: z.number(),
  needs_approval: z.boolean(),
  approver: z.string(),
  requested_ms: z.number(),
  status: z.enum(exportStatuses),
  /** Once it is created. */
  manifest_sha256: z.string().optional(),
  created_ms: z.number().optional(),
});

export type ExportRequest = z.infer<typeof exportRequestSchema>;

/** When a second person must agree. */
export interface ApprovalPolicy {
  /** Exports of more leaves need approval. */
  readonly records_max: number;
  /** Exports with bodies need approval. */
  readonly bodies: boolean;
}

export const defaultApprovalPolicy: ApprovalPolicy = { records_max: 100_000, bodies: true };

export function needsApproval(
  order: z.infer<typeof exportOrderSchema>,
  records: number,
  policy: ApprovalPolicy,
): boolean {
  return records > policy.records_max || (policy.bodies && order.bodies !== 'none');
}

/** Whether nothing stands in the way of writing the bundle. */
export function isRunnable({ status, needs_approval }: ExportRequest): boolean {
  return status === 'approved' || (status === 'requested' && !needs_approval);
}

/** A step that may not be taken. */
export function refused(id: string, reason: string): BreakwaterError {
  return new BreakwaterError('BW_EXPORT_REFUSED', `Export ${id}: ${reason}`);
}

/** Where the worker writes the bundle of an export, below the data folder. */
export function bundleFolder(data_folder: string, id: string): string {
  return join(data_folder, 'exports', id);
}
