import type { BulkLimits } from './limits.ts';

/** Doubling beyond this exponent changes nothing: the cap is reached long before. */
const exponent_max = 30;

/**
 * Milliseconds before attempt number `attempt` (the first repetition is 1): exponential, capped, fully jittered, so
 * that writers that failed together do not come back together.
 * @param random 0 to 1
 * @param at_least_ms what the server asked for (Retry-After); jitter never goes below it
 */
export function backOff(attempt: number, random: number, limits: BulkLimits, at_least_ms = 0): number {
  const cap_ms = Math.min(
    limits.retry_ms_max,
    limits.retry_first_ms * 2 ** Math.min(attempt - 1, exponent_max),
  );
  return Math.max(cap_ms * random, Math.min(at_least_ms, limits.retry_after_ms_max));
}
