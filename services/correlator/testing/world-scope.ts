/** The one scope of all worlds. */
export const worldScope = 'test/one';
/** When they begin: 2026-03-01T00:00:00Z. */
export const start_ns = 1_772_323_200_000_000_000n;
/** Small numbers of long steps make equal times and exact bounds likely. */
export const step_ns = 10_000_000_000n;
