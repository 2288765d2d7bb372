import type { Signal } from '#shared/avro/types.generated.ts';

/** What a change of the set of signals did to the firings of correlation rules. */
export interface FiringChanges {
  /** New or changed firings; each is a signal (`rule.origin: correlation`) that names its parts. */
  readonly fired: readonly Signal[];
  /** Ids of firings that no longer hold. */
  readonly withdrawn: readonly string[];
  /** What was left out, and why; never left out silently. */
  readonly shed?: readonly Shed[] | undefined;
}

/**
 * Signals that a correlation rule could not take into account.
 * `group_full`: a group had more signals than are kept; its oldest went. `too_many_groups`: a group with little progress
 * went. `late`: older than the horizon. `field_missing`: a group-by field is absent.
 */
export interface Shed {
  readonly rule_id: string;
  readonly reason: 'group_full' | 'too_many_groups' | 'late' | 'field_missing';
  readonly signals: number;
}

/**
 * Sigma correlation rules over event time. The firings that stand are a function of the set of signals added so far,
 * not of their order; adding a signal twice changes nothing.
 */
export interface Correlations {
  add(signals: readonly Signal[]): FiringChanges;
}

export const noCorrelations: Correlations = { add: () => ({ fired: [], withdrawn: [] }) };
