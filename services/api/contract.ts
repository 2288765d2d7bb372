import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { RoleHolder } from '#shared/auth/tokens.ts';
import type { ExportJobs } from '#shared/jobs/export-jobs.ts';
import type { Exports } from '#shared/ledger/export/exports.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Role } from './authorisation.ts';
import type { CheckpointReader } from './ports/checkpoint-reader.ts';
import type { DecisionWriter } from './ports/decision-writer.ts';
import type { IncidentStore } from './ports/incident-store.ts';
import type { Questions } from './ports/questions.ts';

/** What the API is made of. */
export interface ApiDeps {
  readonly incidents: IncidentStore;
  readonly checkpoints: CheckpointReader;
  readonly readers: readonly RoleHolder<Role>[];
  readonly exports: Exports;
  readonly jobs: Pick<ExportJobs, 'add'>;
  /** Where bundles and the ledger are. */
  readonly data_folder: string;
  readonly questions: Questions;
  readonly decisions: DecisionWriter;
  readonly bodySecret: Buffer;
  readonly audit: AuditTrail;
  /** How long the record of an act may take to be signed; longer by default. */
  readonly signed_ms_max?: number | undefined;
  readonly tenant: string;
  readonly now_ms: () => number;
  readonly log: Log;
}

/** The fastify instance that routes are registered on: zod schemas type requests and answers. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
