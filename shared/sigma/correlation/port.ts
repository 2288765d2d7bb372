import type { Signal } from '#shared/avro/types.generated.ts';

/** What a change of the set of signals did to the firings of correlation rules. */
export interface FiringChanges {
  /** New or changed firings; each is a signal (`rule.origin: correlation`) that names its parts. */
  readonly fired: readonly Signal[];
  /** The parts of each of these, in the order in which it names them, by its id. */
  readonly parts: ReadonlyMap<string, readonly Signal[]>;
  /** Ids of firings that no longer hold. */
  readonly withdrawn: readonly string[];
  /** What was left out, and why; never left out silently. */
  readonly shed?: readonly Shed[] | undefined;
}

/**
 * Signals that a correlation rule could not take into account.
 * `group_full`: a group had more signals than are kept; its oldest went. `too_many_groups`, `too_many_signals`: a
 * group with little progress went. `late`: older than the horizon. `field_missing`: a group-by field is absent.
 */
export interface Shed {
  readonly rule_id: string;
  readonly reason: 'group_full' | 'too_many_groups' | 'too_many_signals' | 'late' | 'field_missing';
  readonly signals: number;
}

/**
 * Sigma correlation rules over event time. The firings that stand are a function of the set of signals added so far,
 * not of their order; adding a signal twice changes nothing.
 */
export interface Correlations {
  /**
   * Adds signals. `ceiling_ns` is the latest time that can be true for them: one that claims to be later takes part,
   * but does not show that windows before it are over.
   */
  add(signals: readonly Signal[], ceiling_ns?: bigint): FiringChanges;
  /** The state as JSON text. Signals are not in it: `numberOf` keeps each, and gives its number. */
  save(numberOf: (signal: Signal) => number): string;
  /**
   * Goes on from a saved state, with the signals that were kept by their numbers. False, and nothing done, when other
   * rules saved it or it cannot be read: then the signals have to be added again.
   */
  restore(saved: string, signals: readonly Signal[]): boolean;
}

export const noCorrelations: Correlations = {
  add: () => ({ fired: [], parts: new Map(), withdrawn: [] }),
  save: () => '',
  restore: () => true,
};
