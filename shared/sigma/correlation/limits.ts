/** Signals kept of one group; the oldest go first. */
export const hits_per_group_max = 10_000;
/** Groups kept of one rule in one scope. */
export const groups_per_rule_max = 250_000;
/** Signals kept of one rule in one scope; groups that have come least far go first. */
export const hits_per_rule_max = 4_000_000;
/** Groups looked at to find one to shed. */
export const shed_candidates_max = 16;
/** Parts that a firing names of each rule, out of the window with which it first held. */
export const parts_per_rule_max = 32;
/** Entities that a firing names on either side. */
export const firing_entities_max = 64;
/** Signals whose groups are looked up together. */
export const arrivals_max = 128;
/** Signals of one group between two clean-ups of those that can no longer matter. */
export const compaction_hits_min = 128;
/** A count up to this is followed hit by hit; windows of larger ones are gone over. */
export const scouted_count_max = 32;
/** Different texts that one rule has numbers for; then it begins anew. */
export const interned_texts_max = 1_000_000;

const minute_ns = 60_000_000_000n;
/** How much older than the newest signal a signal may be and still count. */
export const horizon_ns_default = 60n * minute_ns;
/** How long absence is waited for beyond the end of a window, when the rule does not say. */
export const lateness_ns_default = 10n * minute_ns;

/** The bounds of state, which a test may make smaller. */
export interface StateLimits {
  readonly hits_per_group_max: number;
  readonly groups_per_rule_max: number;
  readonly hits_per_rule_max: number;
}

export const stateLimits: StateLimits = { hits_per_group_max, groups_per_rule_max, hits_per_rule_max };
