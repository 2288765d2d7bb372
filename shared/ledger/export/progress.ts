import { existsSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { readIfPresent, replaceFile } from '../writer/files.ts';

const count = z.number().int().min(0);

/** How far a bundle is written; kept beside it until it is complete. */
const progressSchema = z.strictObject({
  export: z.string(),
  /** When the bundle was begun: an interruption does not show in it. */
  created_ms: z.number(),
  /** Sizes of each log in earlier exports, as they were when the bundle was begun. */
  earlier: z.record(z.string(), z.array(count)),
  /** Which of the logs is read, and the next leaf of it. */
  log: count,
  index: count,
  /** Length of each listing. */
  bytes: z.strictObject({ index: count, records: count, csv: count, bodies: count }),
  /** Matching leaves, by log and by type. */
  matching: z.array(count),
  counts: z.record(z.string(), count),
  bodies: z.strictObject({ open: count, redacted: count, erased: count }),
  witnessed: z.boolean(),
});

export type Progress = z.infer<typeof progressSchema>;

export function newProgress(
  id: string,
  created_ms: number,
  earlier: ReadonlyMap<string, readonly number[]>,
): Progress {
  return {
    export: id,
    created_ms,
    earlier: Object.fromEntries([...earlier].map(([log, sizes]) => [log, [...sizes]])),
    log: 0,
    index: 0,
    bytes: { index: 0, records: 0, csv: 0, bodies: 0 },
    matching: [],
    counts: {},
    bodies: { open: 0, redacted: 0, erased: 0 },
    witnessed: true,
  };
}

/** Where a bundle is while it is not complete. */
export function partialFolder(output: string): string {
  return `${output}.partial`;
}

function progressPath(output: string): string {
  return `${output}.progress.json`;
}

/** How far an interrupted run came; undefined when there was none. */
export function readProgress(output: string): Progress | undefined {
  const bytes = readIfPresent(progressPath(output));
  return bytes === undefined ? undefined : progressSchema.parse(JSON.parse(bytes.toString()));
}

export function saveProgress(output: string, progress: Progress): void {
  replaceFile(progressPath(output), JSON.stringify(progress));
}

/** Removes what says how far the bundle is, once it is complete. */
export function endProgress(output: string): void {
  rmSync(progressPath(output), { force: true });
}

/** Removes what an unfinished run has written. */
export function discardPartial(output: string): void {
  rmSync(partialFolder(output), { recursive: true, force: true });
  endProgress(output);
}

/** Whether a run was interrupted. */
export function isInterrupted(output: string): boolean {
  return existsSync(progressPath(output));
}
