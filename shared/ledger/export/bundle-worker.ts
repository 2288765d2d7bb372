import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Manifest } from '../evidence/manifest.ts';
import { parseManifest } from '../evidence/manifest.ts';
import { type BundleWriterOptions, writeBundle } from './bundle-writer.ts';
import type { ExportRequest } from './request.ts';

/**
 * Hard bounds of the thread that writes a bundle. It needs about 30 MB; without bounds the collector lets hundreds pile
 * up before it works.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };

interface Job {
  readonly request: ExportRequest;
  readonly output: string;
  readonly options: BundleWriterOptions;
}

/** `writeBundle` in a thread of its own: the caller's event loop stays free, and memory is bounded. */
export async function writeBundleAside(
  request: ExportRequest,
  output: string,
  options: BundleWriterOptions,
): Promise<Manifest> {
  const job: Job = { request, output, options };
  const worker = new Worker(new URL(import.meta.url), { workerData: job, resourceLimits });
  const failed = once(worker, 'error').then(([error]: unknown[]) => Promise.reject(error));
  const [text]: unknown[] = await Promise.race([once(worker, 'message'), failed]);
  return parseManifest(String(text));
}

if (!isMainThread && isJob(workerData)) {
  const { request, output, options } = workerData;
  parentPort?.postMessage(JSON.stringify(await writeBundle(request, output, options)));
}

function isJob(value: unknown): value is Job {
  return (
    typeof value === 'object' &&
    value !== null &&
    'request' in value &&
    'output' in value &&
    'options' in value
  );
}
