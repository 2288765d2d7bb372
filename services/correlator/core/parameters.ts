/**
 * Every number that decides what one incident is, with its unit. The defaults are starting values, to be tuned on
 * labelled data; a change of any of them changes incidents, never the format of anything.
 */
export interface Parameters {
  /** How far two clocks may differ: an effect may carry a time this much earlier than its cause. */
  readonly skew_ms: number;
  /** Signals of one event are linked when their times are not further apart than this; normally they are equal. */
  readonly event_gap_ms: number;
  readonly identity: IdentityParameters;
  readonly facts: FactParameters;
  /** By kind of entity, strongest evidence first: the order is the rank of a link. */
  readonly links: Readonly<Record<LinkKind, LinkParameters>>;
  readonly rarity: RarityParameters;
  readonly attach: AttachParameters;
  readonly context: ContextParameters;
  readonly score: ScoreParameters;
  readonly flood: FloodParameters;
  readonly horizon: HorizonParameters;
  readonly bounds: DocumentBounds;
}

/** Kinds of entities that can link two signals; `move`: what a new contact led to, whatever its kind. */
export type LinkKind =
  | 'process'
  | 'container'
  | 'pod'
  | 'pod_name'
  | 'connection'
  | 'session'
  | 'user'
  | 'serviceaccount'
  | 'workload'
  | 'object'
  | 'external'
  | 'move'
  | 'node'
  | 'host_network'
  | 'default_serviceaccount'
  | 'ip';

export interface LinkParameters {
  /** Longest time between two signals that this entity links. */
  readonly gap_ms: number;
  /** Whether rarity stretches, and frequency shrinks, the gap. */
  readonly stretches: boolean;
  /** More other-side workloads or users than this within one hour: a hub, which links nothing in that hour. */
  readonly hub_max: number | undefined;
}

export interface IdentityParameters {
  /** A reused name (pod name) that no fact covers at a time takes the nearest fact within this time. */
  readonly name_tolerance_ms: number;
  /** Longest chain of `is` facts that is followed. */
  readonly depth_max: number;
}

export interface FactParameters {
  /** Statements held of a scope; about 1 KiB each. */
  readonly held_max: number;
  /** Beyond that, this share of them is let go of at once: what ended, and what is oldest, first. */
  readonly shed_share: number;
}

export interface RarityParameters {
  /** Signals of an entity are counted in days of event time. */
  readonly bucket_ms: number;
  /** Fewer bridge signals than this in a bucket: rare. */
  readonly rare_below: number;
  readonly rare_factor: number;
  /** More bridge signals than this in a bucket: busy. */
  readonly busy_above: number;
  readonly busy_factor: number;
  /** Other sides are counted in hours of event time. */
  readonly hub_bucket_ms: number;
}

export interface AttachParameters {
  /** Longest time from the nearest bridge signal. */
  readonly gap_ms: number;
  /** Longest time from what counts only as the first of its kind to what it brought about. */
  readonly effect_ms: number;
  /**
   * What a workload does is new when it was not seen to do so earlier than this before the incident began (requests, and
   * what people do: `gap_ms` earlier still, but for what an owner comes with while a thief comes with something else) …
   */
  readonly habit_lead_ms: number;
  /** … within this time before it did. */
  readonly habit_lookback_ms: number;
}

export interface ContextParameters {
  /** A failed policy matters this long before and after a signal about the same thing. */
  readonly policy_ms: number;
  /** What is known of an image or workload is remembered this long. */
  readonly lookback_ms: number;
}

export interface ScoreParameters {
  /** Σ score_i / i^exponent. */
  readonly exponent: number;
  /** The sum that makes 100: one critical and one high signal. */
  readonly full: number;
  readonly posture: Readonly<Record<PostureName, number>>;
  /** Points for each tactic beyond the first. */
  readonly tactic_points: number;
  /** Points for each family beyond the first. */
  readonly family_points: number;
  /** From this score on a candidate is an incident. */
  readonly open_min: number;
  /** An approved change covers what it causes in a container for this long. */
  readonly change_reach_ms: number;
  /** From this score on, severity is critical (99), high (73), medium (47). */
  readonly severity: { readonly critical: number; readonly high: number; readonly medium: number };
}

export type PostureName = 'known_exploited' | 'untrusted_image' | 'privileged' | 'exposed';

export interface FloodParameters {
  /** Signals of one rule on one entity are kept by buckets of event time. */
  readonly bucket_ms: number;
  /** Signals of a bucket kept in full, earliest first; the others are counted. */
  readonly kept_max: number;
  /** Distinct hashes kept of the others: the count is exact up to here and an estimate beyond. */
  readonly hashes_max: number;
}

export interface HorizonParameters {
  /** A signal this much older than the watermark is late: reported, not joined. */
  readonly lateness_ms: number;
  /** How often (event time) what can no longer change is let go. */
  readonly step_ms: number;
  /** Decisions are kept this long. */
  readonly decisions_ms: number;
}

/** Lists in a document are cut here; the document says how many there were. */
export interface DocumentBounds {
  readonly members_max: number;
  readonly terms_max: number;
  readonly entities_per_kind_max: number;
  readonly blast_radius_max: number;
  readonly context_max: number;
  readonly related_max: number;
  readonly notes_max: number;
  readonly unseen_max: number;
  readonly collapsed_max: number;
  readonly steps_max: number;
  readonly text_length_max: number;
}

const second_ms = 1000;
const minute_ms = 60 * second_ms;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

function link(gap_ms: number, hub_max?: number, stretches = true): LinkParameters {
  return { gap_ms, hub_max, stretches };
}

export const defaultParameters: Parameters = {
  skew_ms: 2 * second_ms,
  event_gap_ms: hour_ms,
  identity: { name_tolerance_ms: 10 * minute_ms, depth_max: 4 },
  facts: { held_max: 1_000_000, shed_share: 0.05 },
  links: {
    process: link(24 * hour_ms),
    container: link(24 * hour_ms),
    pod: link(24 * hour_ms),
    pod_name: link(24 * hour_ms),
    connection: link(10 * minute_ms, undefined, false),
    session: link(12 * hour_ms),
    user: link(12 * hour_ms),
    serviceaccount: link(12 * hour_ms, 5),
    workload: link(12 * hour_ms),
    object: link(6 * hour_ms, undefined, false),
    external: link(6 * hour_ms, 5),
    move: link(30 * minute_ms, undefined, false),
    node: link(6 * hour_ms),
    host_network: link(10 * minute_ms, undefined, false),
    default_serviceaccount: link(hour_ms, 2),
    ip: link(minute_ms, undefined, false),
  },
  rarity: {
    bucket_ms: day_ms,
    rare_below: 5,
    rare_factor: 6,
    busy_above: 100,
    busy_factor: 0.5,
    hub_bucket_ms: hour_ms,
  },
  attach: {
    gap_ms: 30 * minute_ms,
    effect_ms: 2 * minute_ms,
    habit_lead_ms: 5 * minute_ms,
    habit_lookback_ms: day_ms,
  },
  context: { policy_ms: 10 * minute_ms, lookback_ms: 7 * day_ms },
  score: {
    exponent: 1.5,
    full: 99 + 73 / 2 ** 1.5,
    posture: { known_exploited: 1.3, untrusted_image: 1.2, privileged: 1.2, exposed: 1.1 },
    tactic_points: 5,
    family_points: 5,
    open_min: 60,
    change_reach_ms: hour_ms,
    severity: { critical: 85, high: 60, medium: 30 },
  },
  flood: { bucket_ms: 10 * minute_ms, kept_max: 20, hashes_max: 1024 },
  horizon: { lateness_ms: day_ms, step_ms: 10 * minute_ms, decisions_ms: 90 * day_ms },
  bounds: {
    members_max: 100,
    terms_max: 30,
    entities_per_kind_max: 50,
    blast_radius_max: 50,
    context_max: 20,
    related_max: 20,
    notes_max: 50,
    unseen_max: 20,
    collapsed_max: 50,
    steps_max: 5,
    text_length_max: 500,
  },
};
