import type { Live } from '../live.ts';
import { type Evidence, evidenceOf } from '../link/evidence.ts';
import type { Groups } from '../link/groups.ts';
import { connect, layOut, type Surroundings } from '../link/sweep.ts';
import type { Decided } from './decided.ts';

/** A component after decisions cut and joined it. */
export interface Division {
  readonly groups: Groups;
  readonly evidence: Evidence;
  /** By position: the compartment, 0 for what no decision cut off. */
  readonly compartments: readonly number[];
  /** By position: when the incident that it belongs to was closed; later signals stay out. */
  readonly closed_ns: readonly (bigint | undefined)[];
  /** By position: the id of the incident that a split took it out of. */
  readonly split_from: readonly (string | undefined)[];
}

/** A part of a component that links no longer cross. */
interface Compartment {
  readonly number: number;
  readonly parent: Compartment | undefined;
  readonly closed_ns: bigint | undefined;
  readonly split_from: string | undefined;
}

const whole: Compartment = { number: 0, parent: undefined, closed_ns: undefined, split_from: undefined };

/** Two positions that a decision joined, and the number of that decision. */
interface Join {
  readonly a: number;
  readonly b: number;
  readonly made: number;
}

/**
 * Applies decisions to one component, in order. Closing cuts off what the incident holds at that time from everything
 * later; reopening takes the cut back; a split takes the named signals out for good; a merge joins two seeds, across
 * cuts made before it, not after.
 * `signals` and `decided` are in the order of `byTime`.
 */
export function divide(
  signals: readonly Live[],
  decided: readonly Decided[],
  surroundings: Surroundings,
): Division {
  const places: Compartment[] = signals.map(() => whole);
  const joins: Join[] = [];
  let count = 0;
  for (const { decision, seed, into } of decided) {
    const place = places[seed] ?? whole;
    count += 1;
    switch (decision.action) {
      case 'close': {
        const closed: Compartment = {
          number: count,
          parent: place,
          closed_ns: decision.time_ns,
          split_from: undefined,
        };
        const numbers = places.map(({ number }) => number);
        const held = heldAt(signals, seed, decision.time_ns, numbers, pairsOf(joins), surroundings);
        for (const at of held) places[at] = closed;
        break;
      }
      case 'reopen':
        if (place.closed_ns !== undefined && place.parent !== undefined) moveAll(places, place, place.parent);
        break;
      case 'split': {
        const named = namedBy(decision.arguments['signals'], signals, places, place);
        const split: Compartment = {
          number: count,
          parent: place,
          closed_ns: undefined,
          split_from: decision.incident,
        };
        for (const at of named) places[at] = split;
        joins.push(...consecutive(named, count));
        break;
      }
      case 'merge':
        if (into !== undefined) joins.push({ a: seed, b: into, made: count });
        break;
      case 'assign':
      case 'comment':
      case 'acknowledge':
      case 'suppress':
        break;
    }
  }
  const compartments = places.map(({ number }) => number);
  const sweep = layOut(signals, surroundings, compartments);
  const groups = connect(sweep, surroundings.parameters);
  const joined = pairsOf(joins.filter((join) => stands(join, places)));
  for (const [a, b] of joined) groups.join(a, b);
  return {
    groups,
    evidence: evidenceOf(sweep, joined, surroundings.parameters),
    compartments,
    closed_ns: places.map(({ closed_ns }) => closed_ns),
    split_from: places.map(({ split_from }) => split_from),
  };
}

/** Positions of the signals up to `until_ns` that the incident of `seed` holds within its compartment. */
export function heldAt(
  signals: readonly Live[],
  seed: number,
  until_ns: bigint,
  compartments: readonly number[],
  joined: readonly (readonly [number, number])[],
  surroundings: Surroundings,
): readonly number[] {
  const positions = signals.flatMap((live, at) =>
    live.time_ns <= until_ns && compartments[at] === compartments[seed] ? [at] : [],
  );
  const own = new Map(positions.map((at, index) => [at, index]));
  const sweep = layOut(
    positions.flatMap((at) => signals[at] ?? []),
    surroundings,
  );
  const groups = connect(sweep, surroundings.parameters);
  for (const [a, b] of joined) {
    const [ownA, ownB] = [own.get(a), own.get(b)];
    if (ownA !== undefined && ownB !== undefined) groups.join(ownA, ownB);
  }
  const ownSeed = own.get(seed);
  if (ownSeed === undefined) return [];
  const group = groups.find(ownSeed);
  return positions.filter((_, index) => groups.find(index) === group);
}

/** Positions in a compartment of the signals that a split names, with the other signals of the same events. */
function namedBy(
  list: string | undefined,
  signals: readonly Live[],
  places: readonly Compartment[],
  place: Compartment,
): readonly number[] {
  const ids = new Set((list ?? '').split(',').map((id) => id.trim()));
  const within = signals.flatMap((live, at) => (places[at] === place ? [{ live, at }] : []));
  const events = new Set(
    within.filter(({ live }) => ids.has(live.id)).map(({ live }) => live.signal.event.id),
  );
  return within.filter(({ live }) => events.has(live.signal.event.id)).map(({ at }) => at);
}

function consecutive(positions: readonly number[], made: number): Join[] {
  return positions.flatMap((at, index) => {
    const before = positions[index - 1];
    return before === undefined ? [] : [{ a: before, b: at, made }];
  });
}

function pairsOf(joins: readonly Join[]): readonly (readonly [number, number])[] {
  return joins.map(({ a, b }) => [a, b]);
}

/** A join holds unless a later cut has one of its ends on each side. */
function stands({ a, b, made }: Join, places: readonly Compartment[]): boolean {
  const [cutsA, cutsB] = [cutsAround(places[a]), cutsAround(places[b])];
  return [...cutsA, ...cutsB].every((cut) => cut <= made || (cutsA.has(cut) && cutsB.has(cut)));
}

/** Numbers of the compartments that a place lies in. */
function cutsAround(place: Compartment | undefined): ReadonlySet<number> {
  const cuts = new Set<number>();
  for (let at = place; at !== undefined; at = at.parent) cuts.add(at.number);
  return cuts;
}

function moveAll(places: Compartment[], from: Compartment, to: Compartment): void {
  places.forEach((place, at) => {
    if (place === from) places[at] = to;
  });
}
