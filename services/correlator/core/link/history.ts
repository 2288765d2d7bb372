import type { Entity } from '#shared/event/entity.ts';
import type { Live } from '../live.ts';
import { type Gaps, limitsOf } from '../limits.ts';
import { bucketOf, byTime, lowerBound } from '../order.ts';
import type { LinkKind, Parameters } from '../parameters.ts';

/** How many signals of an entity fall into a day. What was let go of still counts while others of its day live. */
interface DayCount {
  live: number;
  evicted: number;
}

interface HourCount extends DayCount {
  /** Other-side entities, and how many signals name each. */
  readonly others: Map<Entity, number>;
}

/** One entity as the signals of a scope name it: the unit by which state is indexed. */
export class EntityHistory {
  readonly entity: Entity;
  /** Bridge signals in the order of `byTime`, by the part they play. `sinks` and `actors` differ for few kinds. */
  readonly actors: Live[] = [];
  readonly sources: Live[] = [];
  readonly sinks: Live[] = [];
  /** Moves that led to this entity, in the order of `byTime`. */
  readonly moves: Live[] = [];
  /** Attach signals that may join over this entity, in the order of `byTime`. */
  readonly attaching: Live[] = [];
  /** Every signal whose resolution went past this entity. */
  readonly visitors = new Set<Live>();
  /** Context signals among them. */
  readonly contexts = new Set<Live>();
  readonly #days = new Map<number, DayCount>();
  readonly #hours = new Map<number, HourCount>();

  constructor(entity: Entity) {
    this.entity = entity;
  }

  /** True when nothing refers to it any more. */
  get empty(): boolean {
    return this.visitors.size === 0 && this.#days.size === 0;
  }

  /** Counts a bridge signal, with those on its other side. */
  count(live: Live, others: readonly Entity[]): void {
    const day = this.#days.get(live.day) ?? { live: 0, evicted: 0 };
    const hour = this.#hours.get(live.hour) ?? { live: 0, evicted: 0, others: new Map<Entity, number>() };
    day.live += 1;
    hour.live += 1;
    for (const other of others) hour.others.set(other, (hour.others.get(other) ?? 0) + 1);
    this.#days.set(live.day, day);
    this.#hours.set(live.hour, hour);
  }

  /** Takes a signal out of the counts; `evicted`: it still counts for what remains of its buckets. */
  uncount(live: Live, others: readonly Entity[], evicted: boolean): void {
    const day = this.#days.get(live.day);
    const hour = this.#hours.get(live.hour);
    if (day === undefined || hour === undefined) return;
    day.live -= 1;
    hour.live -= 1;
    if (evicted) {
      day.evicted += 1;
      hour.evicted += 1;
    } else for (const other of others) decrement(hour.others, other);
    if (day.live === 0) this.#days.delete(live.day);
    if (hour.live === 0) this.#hours.delete(live.hour);
  }

  /** Bridge signals counted in a day. */
  signalsIn(day: number): number {
    const count = this.#days.get(day);
    return count === undefined ? 0 : count.live + count.evicted;
  }

  /** Distinct other sides counted in an hour. */
  othersIn(hour: number): number {
    return this.#hours.get(hour)?.others.size ?? 0;
  }

  /** Counts that live signals do not explain, for checkpoints. */
  remembered(): Remembered | undefined {
    const days = [...this.#days].flatMap(([day, { evicted }]) =>
      evicted > 0 ? [[day, evicted] as const] : [],
    );
    const hours = [...this.#hours].flatMap(([hour, { evicted, others }]) =>
      evicted > 0 ? [[hour, evicted, [...others]] as const] : [],
    );
    return days.length + hours.length === 0 ? undefined : { entity: this.entity, days, hours };
  }

  /** Takes remembered counts back, after the live signals were counted. */
  remember({ days, hours }: Remembered): void {
    for (const [day, evicted] of days) {
      const count = this.#days.get(day);
      if (count !== undefined) count.evicted = evicted;
    }
    for (const [hour, evicted, others] of hours) {
      const count = this.#hours.get(hour);
      if (count === undefined) continue;
      count.evicted = evicted;
      for (const [other, signals] of others) count.others.set(other, signals);
    }
  }
}

/** Counts of an entity whose signals are gone, as a checkpoint keeps them. */
export interface Remembered {
  readonly entity: Entity;
  readonly days: readonly (readonly [day: number, evicted: number])[];
  readonly hours: readonly (readonly [
    hour: number,
    evicted: number,
    others: readonly (readonly [Entity, number])[],
  ])[];
}

function decrement(counts: Map<Entity, number>, key: Entity): void {
  const count = (counts.get(key) ?? 0) - 1;
  if (count <= 0) counts.delete(key);
  else counts.set(key, count);
}

/** Puts a signal into a list in the order of `byTime`. */
export function insert(list: Live[], live: Live): void {
  const last = list.at(-1);
  if (last === undefined || byTime(last, live) < 0) list.push(live);
  else list.splice(lowerBound(list, live.time_ns, live.id), 0, live);
}

/** Takes a signal out of an ordered list. */
export function remove(list: Live[], live: Live): void {
  const at = lowerBound(list, live.time_ns, live.id);
  if (list[at] === live) list.splice(at, 1);
}

/** Whether too many others stand on the other side of the entity in the hour of a signal. */
export function isHub(history: EntityHistory, kind: LinkKind, hour: number, { links }: Parameters): boolean {
  const { hub_max } = links[kind];
  return hub_max !== undefined && history.othersIn(hour) > hub_max;
}

/**
 * Whether two times of an entity lie within its time budget, which is `slack_ns` longer for times that were shifted.
 * Of all the days in between, the busiest decides. So whatever lies between two signals that link is itself within the
 * budget, and neighbours in time suffice to find components.
 */
export function isWithin(
  history: EntityHistory,
  kind: LinkKind,
  from_ns: bigint,
  to_ns: bigint,
  parameters: Parameters,
  slack_ns = 0n,
): boolean {
  const { gaps, day_ns } = limitsOf(parameters);
  const gap = gaps[kind];
  const apart_ns = to_ns - from_ns - slack_ns;
  if (apart_ns > gap.longest_ns) return false;
  if (!parameters.links[kind].stretches) return true;
  const rate = rateOver(history, bucketOf(from_ns, day_ns), bucketOf(to_ns, day_ns), parameters);
  return apart_ns <= budgetOf(gap, rate);
}

/** The time budget of a kind of entity at a rate. */
export function budgetOf({ rare_ns, ordinary_ns, busy_ns }: Gaps, rate: Rate): bigint {
  if (rate === 'rare') return rare_ns;
  return rate === 'busy' ? busy_ns : ordinary_ns;
}

/** The rate of the busiest of the days that an interval touches. */
export function rateBetween(
  history: EntityHistory,
  from_ns: bigint,
  to_ns: bigint,
  parameters: Parameters,
): Rate {
  const { day_ns } = limitsOf(parameters);
  return rateOver(history, bucketOf(from_ns, day_ns), bucketOf(to_ns, day_ns), parameters);
}

function rateOver(history: EntityHistory, first: number, last: number, parameters: Parameters): Rate {
  let rate: Rate = 'rare';
  for (let day = first; day <= last; day++) {
    const own = rateOf(history.signalsIn(day), parameters);
    if (own === 'busy') return own;
    if (own === 'ordinary') rate = own;
  }
  return rate;
}

/** Kinds whose actors do not link with each other: each act of theirs follows from the last one on them. */
export function isCauseOnly(kind: LinkKind): boolean {
  return kind === 'node' || kind === 'default_serviceaccount';
}

/** Whether a signal comes to the entity from elsewhere: what it does to itself hides nothing that was done to it before. */
export function isFromElsewhere({ roles }: Live, entity: Entity): boolean {
  return roles.some((role) => role.entity === entity && !role.sink);
}

/**
 * The last signal before another one (give or take the skew) that acted on the entity, and the last that came from
 * elsewhere if that is another; hubs left out.
 */
export function lastSourcesBefore(
  history: EntityHistory,
  kind: LinkKind,
  sink: Live,
  parameters: Parameters,
): readonly Live[] {
  const { sources, entity } = history;
  const found: Live[] = [];
  for (let at = lowerBound(sources, sink.time_ns + limitsOf(parameters).skew_ns + 1n) - 1; at >= 0; at--) {
    const source = sources[at];
    if (source === undefined || source.id === sink.id || isHub(history, kind, source.hour, parameters))
      continue;
    const isLast = isFromElsewhere(source, entity);
    if (isLast || found.length === 0) found.push(source);
    if (isLast) break;
  }
  return found;
}

/** How many bridge signals an entity has in a day. */
export type Rate = 'rare' | 'ordinary' | 'busy';

export function rateOf(signals: number, { rarity }: Parameters): Rate {
  if (signals < rarity.rare_below) return 'rare';
  return signals > rarity.busy_above ? 'busy' : 'ordinary';
}
