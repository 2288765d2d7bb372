import { type Entity, entityKind } from '#shared/event/entity.ts';
import type { Reason } from '../core/link/reason.ts';
import type { LinkKind, Parameters } from '../core/parameters.ts';
import { ms } from './identity.ts';
import { actsOutsidePods, before, linkKind, othersOf, type Resolved } from './signals.ts';

/** One reason why `one` belongs to `other`. */
export interface Link {
  readonly kind: Reason['kind'];
  readonly rank: number;
  readonly apart: bigint;
  readonly one: Resolved;
  readonly other: Resolved;
  readonly entity: Entity | undefined;
  readonly facts: readonly string[];
}

/** What counts say of each entity, from all bridge signals. */
export interface Counts {
  readonly isHub: (entity: Entity, kind: LinkKind, t: bigint) => boolean;
  readonly gap: (entity: Entity, kind: LinkKind, from: bigint, to: bigint) => bigint;
  /**
   * Whether no other bridge signal acted on the entity after `source` and before `sink`; what the entity did to itself counts
   * only where `source` is such, too.
   */
  readonly isLast: (entity: Entity, kind: LinkKind, source: Resolved, sink: Resolved) => boolean;
}

/** Rarity by day and hubs by hour of event time. */
export function countsOf(bridges: readonly Resolved[], parameters: Parameters): Counts {
  const { rarity, links } = parameters;
  const day = ms(rarity.bucket_ms);
  const hour = ms(rarity.hub_bucket_ms);
  const having = (entity: Entity): Resolved[] =>
    bridges.filter((bridge) => partsIn(bridge, entity) !== undefined);
  const isHub = (entity: Entity, kind: LinkKind, t: bigint): boolean => {
    const { hub_max } = links[kind];
    if (hub_max === undefined) return false;
    const here = having(entity).filter((bridge) => bridge.t / hour === t / hour);
    return new Set(here.flatMap((bridge) => othersOf(entity, bridge))).size > hub_max;
  };
  return {
    isHub,
    isLast: (entity, kind, source, sink) =>
      !having(entity).some(
        (other) =>
          other !== sink &&
          partsIn(other, entity)?.source === true &&
          partsIn(other, entity)?.kind === kind &&
          (partsIn(source, entity)?.sink === true || partsIn(other, entity)?.sink !== true) &&
          !isHub(entity, kind, other.t) &&
          other.t <= sink.t + ms(parameters.skew_ms) &&
          before(source, other) < 0,
      ),
    gap: (entity, kind, from, to) => {
      const { gap_ms, stretches } = links[kind];
      if (!stretches) return ms(gap_ms);
      const here = having(entity);
      let factor = rarity.rare_factor;
      for (let number = from / day; number <= to / day; number++) {
        const count = here.filter((bridge) => bridge.t / day === number).length;
        const own =
          count < rarity.rare_below ? rarity.rare_factor : count > rarity.busy_above ? rarity.busy_factor : 1;
        factor = Math.min(factor, own);
      }
      return ms(gap_ms * factor);
    },
  };
}

/** What a signal does in the history of an entity. */
export interface Parts {
  readonly kind: LinkKind;
  readonly actor: boolean;
  readonly source: boolean;
  readonly sink: boolean;
  readonly path: readonly string[];
  /** It is spoken of itself. */
  readonly itself: boolean;
}

export function partsIn(signal: Resolved, entity: Entity): Parts | undefined {
  const parts = plainPartsIn(signal, entity);
  if (parts === undefined || !signal.moves || signal.calls.includes(entity)) return parts;
  if (parts.kind === 'connection' || (parts.sink && isWhere(signal, parts)))
    return { ...parts, source: false };
  const isNamed = ['workload', 'serviceaccount', 'object'].includes(parts.kind) && parts.itself;
  const isReached = (isBody(parts) && !isOwnNetwork(parts)) || (isRequest(signal) && isNamed);
  return parts.source && isReached ? { ...parts, kind: 'move' } : undefined;
}

/** Something asked of the API server. */
export function isRequest({ signal }: Resolved): boolean {
  return signal.family === 'admission' && signal.class === 'attach' && signal.first_only !== true;
}

/** Where a signal that moves comes from: an intruder's body, or who asks. */
export function isWhere(signal: Resolved, parts: Parts): boolean {
  if (signal.signal.first_only === true && parts.kind === 'host_network') return false;
  return (
    isBody(parts) ||
    (isRequest(signal) && ['user', 'session', 'serviceaccount', 'object'].includes(parts.kind))
  );
}

function isOwnNetwork({ kind, sink }: Parts): boolean {
  return kind === 'host_network' && sink;
}

/** What an intruder sits in. */
export function isBody({ kind, itself }: Parts): boolean {
  return ['container', 'pod', 'pod_name', 'host_network'].includes(kind) || (kind === 'node' && itself);
}

/** What merely reads acts on nothing. */
function plainPartsIn(signal: Resolved, entity: Entity): Parts | undefined {
  const parts = namedPartsIn(signal, entity);
  const { family, rule, fields } = signal.signal;
  const reads = /^(?:get|list|watch)$/.test(fields['kubernetes.audit.verb'] ?? '');
  if (parts === undefined || !reads || family !== 'admission' || rule.level !== 'informational') return parts;
  return parts.actor || parts.sink ? { ...parts, source: false } : undefined;
}

function namedPartsIn(signal: Resolved, entity: Entity): Parts | undefined {
  const kind = linkKind(entity);
  const acts = signal.actors.get(entity);
  const suffers = signal.targets.get(entity);
  if (kind === undefined || (acts === undefined && suffers === undefined)) return undefined;
  if (acts?.replaced === true || suffers?.replaced === true) return undefined;
  const path = [acts?.path, suffers?.path]
    .filter((one) => one !== undefined)
    .sort((a, b) => a.length - b.length || (a.join('\n') <= b.join('\n') ? -1 : 1))[0];
  const { 'destination.port': port = '', 'process.command_line': command = '' } = signal.signal.fields;
  const isNodePort = ['22', '10250'].includes(port) || /^(?:\/.*\/)?(?:ssh|scp|sftp) /.test(command);
  const itself = (path ?? []).length === 0 || (kind === 'node' && isNodePort);
  const base = { kind, path: path ?? [], itself };
  const outside = actsOutsidePods(signal);
  if (kind === 'external' || kind === 'connection')
    return { ...base, actor: true, source: false, sink: false };
  if (kind === 'node') {
    const reached = suffers !== undefined && (isNodePort || suffers.path.length === 0);
    const parts = { ...base, actor: false, source: reached, sink: acts !== undefined && outside };
    return parts.source || parts.sink ? parts : undefined;
  }
  if (kind === 'host_network') {
    const isNode = [...signal.actors].some(
      ([e, { path: way }]) => entityKind(e) === 'node' && way.length === 0,
    );
    const source = suffers !== undefined || acts?.of_pod === true;
    const sink = acts !== undefined && (acts.of_pod || (isNode && outside));
    return sink || source ? { ...base, actor: false, source, sink } : undefined;
  }
  if (kind === 'default_serviceaccount') {
    const parts = {
      ...base,
      actor: false,
      source: acts?.of_pod === true,
      sink: acts?.named === true && outside,
    };
    return parts.source || parts.sink ? parts : undefined;
  }
  if (kind === 'serviceaccount' && !itself) {
    const source = acts?.of_pod === true || suffers !== undefined;
    return source ? { ...base, actor: false, source, sink: false } : undefined;
  }
  const actor = acts !== undefined && kind !== 'object';
  return { ...base, actor, source: suffers !== undefined, sink: acts !== undefined };
}

/** Every link between two signals, seen from `one`. */
export function linksBetween(one: Resolved, other: Resolved, counts: Counts, parameters: Parameters): Link[] {
  const links: Link[] = [];
  const apart = one.t < other.t ? other.t - one.t : one.t - other.t;
  const add = (kind: Reason['kind'], rank: number, entity?: Entity, facts: readonly string[] = []): void => {
    links.push({ kind, rank, apart, one, other, entity, facts });
  };
  if (one.signal.event.id === other.signal.event.id && apart <= ms(parameters.event_gap_ms)) add('event', -3);
  if (one.signal.parts.includes(other.id) || other.signal.parts.includes(one.id)) add('part', -2);
  for (const entity of new Set([...one.actors.keys(), ...one.targets.keys()])) {
    const here = partsIn(one, entity);
    const there = partsIn(other, entity);
    if (here === undefined || there === undefined) continue;
    const kind = here.kind === 'move' || there.kind === 'move' ? 'move' : here.kind;
    if (counts.isHub(entity, here.kind, one.t) || counts.isHub(entity, there.kind, other.t)) continue;
    const rank = Object.keys(parameters.links).indexOf(kind);
    const facts = [...new Set([...here.path, ...there.path])].sort();
    const [first, last] = one.t <= other.t ? [one, other] : [other, one];
    if (here.actor && there.actor && apart <= counts.gap(entity, kind, first.t, last.t)) {
      add('actor', rank, entity, facts);
    }
    if (there.source && here.sink && mayCause(other, one, entity, kind, counts, parameters)) {
      add('cause', rank, entity, facts);
    }
    if (here.source && there.sink && mayCause(one, other, entity, kind, counts, parameters)) {
      add('caused', rank, entity, facts);
    }
  }
  return links;
}

function mayCause(
  source: Resolved,
  sink: Resolved,
  entity: Entity,
  kind: LinkKind,
  counts: Counts,
  parameters: Parameters,
): boolean {
  const skew = ms(parameters.skew_ms);
  if (source.t > sink.t + skew) return false;
  const causeOnly = kind === 'node' || kind === 'default_serviceaccount';
  const bothBridge = source.role === 'bridge' && sink.role === 'bridge';
  if (causeOnly && bothBridge && !counts.isLast(entity, kind, source, sink)) return false;
  return sink.t - source.t <= counts.gap(entity, kind, source.t, sink.t + skew);
}

const kinds: readonly Reason['kind'][] = ['event', 'part', 'decision', 'actor', 'cause', 'caused', 'first'];

/** The reason of a bridge signal: its best link to an earlier one, else to a later one. */
export function bestReason(links: readonly Link[]): Reason | undefined {
  const earlier = links.filter(({ one, other }) => before(other, one) < 0);
  const some = earlier.length > 0 ? earlier : links;
  const sign = earlier.length > 0 ? -1 : 1;
  const [best] = [...some].sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(a.apart - b.apart) ||
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
      sign * (a.other.id < b.other.id ? -1 : a.other.id > b.other.id ? 1 : 0) ||
      ((a.entity ?? '') < (b.entity ?? '') ? -1 : 1),
  );
  if (best === undefined) return undefined;
  return { kind: best.kind, with: best.other.id, entity: best.entity, facts: best.facts };
}
