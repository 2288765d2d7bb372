import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { ExportFilter } from '../evidence/filter.ts';
import { type Manifest, parseManifest } from '../evidence/manifest.ts';
import { type Membership, membershipOf, type PublishedLog } from '../incident/membership.ts';
import { type BundleWriterOptions, writeBundle } from './bundle-writer.ts';
import { countMatches } from './count.ts';
import type { LogRange } from './published-logs.ts';
import { type ExportRequest, refused } from './request.ts';
import { ExportRequests } from './requests.ts';

/**
 * What reads whole logs runs in a thread of its own: the caller's event loop stays free, and memory is bounded hard. A
 * thread needs about 30 MB; without bounds the collector lets hundreds pile up before it works.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };

type Job =
  | {
      readonly kind: 'bundle';
      readonly request: ExportRequest;
      readonly output: string;
      readonly options: BundleWriterOptions;
    }
  | {
      readonly kind: 'count';
      readonly directory: string;
      readonly ranges: readonly LogRange[];
      readonly filter: ExportFilter;
    }
  | { readonly kind: 'membership'; readonly logs: readonly PublishedLog[]; readonly incident: string };

/** `writeBundle`; ends when the export is cancelled. @throws BW_EXPORT_REFUSED as `writeBundle` does. */
export async function writeBundleAside(
  request: ExportRequest,
  output: string,
  options: BundleWriterOptions,
): Promise<Manifest> {
  return parseManifest(await run({ kind: 'bundle', request, output, options }));
}

/** `countMatches`. */
export async function countMatchesAside(
  directory: string,
  ranges: readonly LogRange[],
  filter: ExportFilter,
): Promise<number> {
  return Number(await run({ kind: 'count', directory, ranges, filter }));
}

const membershipSchema = z.strictObject({ incidents: z.array(z.string()), signals: z.array(z.string()) });

/** `membershipOf`. */
export async function membershipAside(logs: readonly PublishedLog[], incident: string): Promise<Membership> {
  return membershipSchema.parse(JSON.parse(await run({ kind: 'membership', logs, incident })));
}

const answerSchema = z.union([
  z.strictObject({ done: z.string() }),
  z.strictObject({
    code: z.enum(['BW_EXPORT_REFUSED', 'BW_TIMESTAMP_UNAVAILABLE']),
    message: z.string(),
  }),
]);

/** The result as JSON text. */
async function run(job: Job): Promise<string> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { breakwater_export: job },
    resourceLimits,
  });
  const failed = once(worker, 'error').then(([error]: unknown[]) => Promise.reject(error));
  const [message]: unknown[] = await Promise.race([once(worker, 'message'), failed]);
  const answer = answerSchema.parse(message);
  if ('done' in answer) return answer.done;
  throw new BreakwaterError(answer.code, answer.message);
}

async function work(job: Job): Promise<unknown> {
  if (job.kind === 'count') return countMatches(job.directory, job.ranges, job.filter);
  if (job.kind === 'membership') return membershipOf(job.logs, job.incident);
  const { request, output, options } = job;
  const requests = new ExportRequests(options.directory);
  const onSaved = (): void => {
    if (requests.get(request.id).status === 'cancelled') throw refused(request.id, 'it was cancelled');
  };
  return writeBundle(request, output, { ...options, onSaved });
}

/** Classes of errors do not cross threads: those that a caller can act on are told as data. */
async function answer(job: Job): Promise<z.infer<typeof answerSchema>> {
  try {
    return { done: JSON.stringify(await work(job)) };
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    const { code, message } = error;
    if (code !== 'BW_EXPORT_REFUSED' && code !== 'BW_TIMESTAMP_UNAVAILABLE') throw error;
    return { code, message };
  }
}

function isOurs(value: unknown): value is { readonly breakwater_export: Job } {
  return typeof value === 'object' && value !== null && 'breakwater_export' in value;
}

if (!isMainThread && isOurs(workerData)) parentPort?.postMessage(await answer(workerData.breakwater_export));
