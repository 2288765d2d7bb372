import { toNs } from './order.ts';
import type { LinkKind, Parameters } from './parameters.ts';

/** Parameters in the units of event time, as the inner loops want them. */
export interface Limits {
  readonly skew_ns: bigint;
  readonly name_tolerance_ns: bigint;
  readonly event_gap_ns: bigint;
  readonly attach_gap_ns: bigint;
  readonly effect_ns: bigint;
  readonly day_ns: bigint;
  readonly hour_ns: bigint;
  readonly flood_bucket_ns: bigint;
  readonly gaps: Readonly<Record<LinkKind, Gaps>>;
  /** Strongest first. */
  readonly ranks: ReadonlyMap<LinkKind, number>;
  /** No two signals further apart than this can ever link. */
  readonly reach_ns: bigint;
}

/** The time budget of an entity kind: while busy, rare, or neither. */
export interface Gaps {
  readonly ordinary_ns: bigint;
  readonly rare_ns: bigint;
  readonly busy_ns: bigint;
  readonly longest_ns: bigint;
}

const known = new WeakMap<Parameters, Limits>();

export function limitsOf(parameters: Parameters): Limits {
  let limits = known.get(parameters);
  if (limits === undefined) known.set(parameters, (limits = compute(parameters)));
  return limits;
}

const linkKinds = [
  'process',
  'container',
  'pod',
  'pod_name',
  'connection',
  'session',
  'user',
  'serviceaccount',
  'workload',
  'object',
  'external',
  'move',
  'node',
  'host_network',
  'default_serviceaccount',
  'ip',
] as const satisfies readonly LinkKind[];

function compute(parameters: Parameters): Limits {
  const { links, rarity, skew_ms, identity, attach, flood } = parameters;
  const gapsOf = (kind: LinkKind): Gaps => {
    const { gap_ms, stretches } = links[kind];
    const factors = stretches ? [1, rarity.rare_factor, rarity.busy_factor] : [1, 1, 1];
    const [ordinary = 1, rare = 1, busy = 1] = factors;
    return {
      ordinary_ns: toNs(gap_ms * ordinary),
      rare_ns: toNs(gap_ms * rare),
      busy_ns: toNs(gap_ms * busy),
      longest_ns: toNs(gap_ms * Math.max(...factors)),
    };
  };
  const gaps = {
    process: gapsOf('process'),
    container: gapsOf('container'),
    pod: gapsOf('pod'),
    pod_name: gapsOf('pod_name'),
    connection: gapsOf('connection'),
    session: gapsOf('session'),
    user: gapsOf('user'),
    serviceaccount: gapsOf('serviceaccount'),
    workload: gapsOf('workload'),
    object: gapsOf('object'),
    external: gapsOf('external'),
    move: gapsOf('move'),
    node: gapsOf('node'),
    host_network: gapsOf('host_network'),
    default_serviceaccount: gapsOf('default_serviceaccount'),
    ip: gapsOf('ip'),
  };
  const longest_ns = linkKinds
    .map((kind) => gaps[kind].longest_ns)
    .reduce((longest, gap_ns) => (gap_ns > longest ? gap_ns : longest), 0n);
  const order = Object.keys(links);
  return {
    skew_ns: toNs(skew_ms),
    name_tolerance_ns: toNs(identity.name_tolerance_ms),
    event_gap_ns: toNs(parameters.event_gap_ms),
    attach_gap_ns: toNs(attach.gap_ms),
    effect_ns: toNs(attach.effect_ms),
    day_ns: toNs(rarity.bucket_ms),
    hour_ns: toNs(rarity.hub_bucket_ms),
    flood_bucket_ns: toNs(flood.bucket_ms),
    gaps,
    ranks: new Map(linkKinds.map((kind) => [kind, order.indexOf(kind)])),
    reach_ns: longest_ns + toNs(skew_ms),
  };
}
