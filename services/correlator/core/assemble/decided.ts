import type { Decision } from '#shared/avro/types.generated.ts';

/** A decision about an incident of a component; `seed` is the position of the signal that gave the incident its id. */
export interface Decided {
  readonly decision: Decision;
  readonly seed: number;
  /** For a merge: the seed of the other incident. */
  readonly into: number | undefined;
}
