import { z } from 'zod';
import type { ExportFilter } from '../evidence/filter.ts';
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
  /** As it was asked, for the record. */
  filter_asked: z.string().max(4_096),
  filter: filterSchema,
  /** `none`: leaves alone. */
  bodies: z.enum(['none', 'redacted', 'full']).default('none'),
  redaction: redactionSchema.default({ remove: [], pseudonymise: [] }),
});

export type ExportOrder = z.input<typeof exportOrderSchema>;

const logRangeSchema = z.strictObject({
  log: z.string(),
  /** The checkpoint that the export is bound to, as it was published. */
  checkpoint: z.string(),
  size: z.number(),
  range_first: z.number(),
  range_next: z.number(),
});

export type LogRange = z.infer<typeof logRangeSchema>;

/** An export from the request on; kept as a file. */
export const exportRequestSchema = exportOrderSchema.extend({
  id: z.string(),
  logs: z.array(logRangeSchema),
  /** Leaves that match. */
  records: z.number(),
  needs_approval: z.boolean(),
  approver: z.string(),
  requested_ms: z.number(),
  status: z.enum(['requested', 'approved', 'refused', 'created', 'expired']),
  /** Once it is created. */
  manifest_sha256: z.string().optional(),
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
