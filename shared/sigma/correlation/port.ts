import type { Signal } from '#shared/avro/types.generated.ts';

/** What a change of the set of signals did to the firings of correlation rules. */
export interface FiringChanges {
  /** New or changed firings; each is a signal (`rule.origin: correlation`) that names its parts. */
  readonly fired: readonly Signal[];
  /** Ids of firings that no longer hold. */
  readonly withdrawn: readonly string[];
}

/**
 * Sigma correlation rules over event time. The firings that stand are a function of the set of signals added so far,
 * not of their order; adding a signal twice changes nothing.
 */
export interface Correlations {
  add(signals: readonly Signal[]): FiringChanges;
}

export const noCorrelations: Correlations = { add: () => ({ fired: [], withdrawn: [] }) };
