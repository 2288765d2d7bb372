import type { BulkLimits } from './limits.ts';

/** How much may be sent at once: additive increase, multiplicative decrease (AIMD). */
export interface Congestion {
  /** Requests in flight; a fraction counts towards the next whole one. */
  readonly requests: number;
  readonly bulk_bytes: number;
  /** The server refuses requests of more bytes (413). */
  readonly bulk_bytes_ceiling: number;
}

/** Successful requests between two sizes of the same request. */
const steps_to_full_size = 32;

export function uncongested(limits: BulkLimits): Congestion {
  return {
    requests: limits.requests_in_flight_max,
    bulk_bytes: limits.bulk_bytes_max,
    bulk_bytes_ceiling: limits.bulk_bytes_max,
  };
}

/** A request was refused for load: half as many, half as large. */
export function pressed(now: Congestion, limits: BulkLimits): Congestion {
  return {
    ...now,
    requests: Math.max(1, now.requests / 2),
    bulk_bytes: Math.max(limits.bulk_bytes_min, now.bulk_bytes / 2),
  };
}

/** A request went through: a window of successes allows one more request, and a few make it whole again. */
export function relieved(now: Congestion, limits: BulkLimits): Congestion {
  if (now.requests >= limits.requests_in_flight_max && now.bulk_bytes >= now.bulk_bytes_ceiling) return now;
  return {
    ...now,
    requests: Math.min(limits.requests_in_flight_max, now.requests + 1 / now.requests),
    bulk_bytes: Math.min(now.bulk_bytes_ceiling, now.bulk_bytes + limits.bulk_bytes_max / steps_to_full_size),
  };
}

/** A request of `bytes` was too large: never send more than half of that again. */
export function tooLarge(now: Congestion, bytes: number, limits: BulkLimits): Congestion {
  const bulk_bytes_ceiling = Math.max(limits.bulk_bytes_min, Math.min(now.bulk_bytes_ceiling, bytes / 2));
  return { ...now, bulk_bytes_ceiling, bulk_bytes: Math.min(now.bulk_bytes, bulk_bytes_ceiling) };
}
