import { defaultParameters, type LinkParameters, type Parameters } from '../core/parameters.ts';

const minute_ms = 60_000;

function link(minutes: number, hub_max?: number, stretches = true): LinkParameters {
  return { gap_ms: minutes * minute_ms, hub_max, stretches };
}

/** Every bound so small that a random world of a few dozen signals meets all of them. */
export const smallParameters: Parameters = {
  ...defaultParameters,
  skew_ms: 20_000,
  event_gap_ms: 10 * minute_ms,
  identity: { name_tolerance_ms: 2 * minute_ms, depth_max: 4 },
  links: {
    process: link(20),
    container: link(15),
    pod: link(12),
    pod_name: link(12),
    connection: link(3, undefined, false),
    session: link(8),
    user: link(8),
    serviceaccount: link(6, 2),
    workload: link(5),
    object: link(3, undefined, false),
    external: link(4, 2),
    move: link(3, undefined, false),
    node: link(6),
    host_network: link(2, undefined, false),
    default_serviceaccount: link(4, 1),
    ip: link(1, undefined, false),
  },
  rarity: {
    bucket_ms: 30 * minute_ms,
    rare_below: 2,
    rare_factor: 3,
    busy_above: 4,
    busy_factor: 0.5,
    hub_bucket_ms: 10 * minute_ms,
  },
  attach: {
    gap_ms: 4 * minute_ms,
    effect_ms: minute_ms,
    habit_lead_ms: minute_ms,
    habit_lookback_ms: 20 * minute_ms,
  },
  context: { policy_ms: 3 * minute_ms, lookback_ms: 40 * minute_ms },
  score: { ...defaultParameters.score, open_min: 40, change_reach_ms: 5 * minute_ms },
  flood: { bucket_ms: 20 * minute_ms, kept_max: 2, hashes_max: 2 },
};
