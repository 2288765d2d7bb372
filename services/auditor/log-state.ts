import { z } from 'zod';
import { ProducerMarks } from './producer-marks.ts';
import { RunningTotals } from './running-totals.ts';

/** What a log's head keeps in step with its leaves, in one write. */
export interface LogState {
  readonly marks: ProducerMarks;
  readonly totals: RunningTotals;
  /** SHA-256 of the newest key rotation that the log has a leaf of. */
  rotation: string;
  /** SHA-256 of the catalogue of record types that the log has a leaf of, or began with. */
  catalogue: string;
}

const stateSchema = z.strictObject({
  marks: z.unknown(),
  totals: z.unknown(),
  rotation: z.string().default(''),
  catalogue: z.string().default(''),
});

/** The state that `stateText` wrote; that of a log without leaves for empty text. */
export function readState(text: string): LogState {
  if (text === '')
    return { marks: new ProducerMarks(), totals: new RunningTotals(), rotation: '', catalogue: '' };
  const { marks, totals, ...noted } = stateSchema.parse(JSON.parse(text));
  return { marks: ProducerMarks.fromJson(marks), totals: RunningTotals.fromJson(totals), ...noted };
}

/**
 * The state that a log begins with: producers go on where they were in the log before it, whose state text is `former`,
 * and counts begin anew. Without a former log, nothing was signed by an earlier key or described by an earlier catalogue:
 * those of `now` are noted already.
 */
export function beginState(
  former: string | undefined,
  now: Pick<LogState, 'rotation' | 'catalogue'>,
): LogState {
  if (former === undefined) return { ...readState(''), ...now };
  return { ...readState(former), totals: new RunningTotals() };
}

export function stateText({ marks, totals, rotation, catalogue }: LogState): string {
  return JSON.stringify({ marks: marks.toJson(), totals: totals.toJson(), rotation, catalogue });
}
