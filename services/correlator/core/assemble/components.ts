import type { DecisionBook } from '../intake/decisions.ts';
import type { Live } from '../live.ts';
import { type Evidence, evidenceOf } from '../link/evidence.ts';
import { connect, layOut, type Surroundings } from '../link/sweep.ts';
import { byTime } from '../order.ts';
import type { Decided } from './decided.ts';
import { divide, heldAt } from './divide.ts';
import type { DecisionGroup } from './lifecycle.ts';
import type { Part } from './part.ts';

/** What finding components needs to know. */
export interface Ground extends Surroundings {
  readonly decisions: DecisionBook;
}

/** Components of bridge signals (in the order of `byTime`, closed under links), each with its parts. */
export function componentsOf(signals: readonly Live[], ground: Ground): readonly (readonly Part[])[] {
  const sweep = layOut(signals, ground);
  const groups = connect(sweep, ground.parameters);
  const decided = ground.decisions.size === 0 ? [] : decidedIn(signals, ground.decisions);
  for (const { seed, into } of decided) if (into !== undefined) groups.join(seed, into);
  const evidence = evidenceOf(sweep, [], ground.parameters);
  const members = new Map<number, number[]>();
  signals.forEach((_, at) => {
    const group = groups.find(at);
    const known = members.get(group);
    if (known === undefined) members.set(group, [at]);
    else known.push(at);
  });
  const concerned = new Set(decided.map(({ seed }) => groups.find(seed)));
  return [...members].map(([group, positions]) =>
    concerned.has(group)
      ? dividedParts(
          positions.flatMap((at) => signals[at] ?? []),
          ground,
        )
      : [wholePart(positions, signals, evidence)],
  );
}

/** Decisions about incidents whose id one of the signals gives, in order. */
function decidedIn(signals: readonly Live[], decisions: DecisionBook): readonly Decided[] {
  const seeds = new Map(signals.map(({ incident_id }, at) => [incident_id, at]));
  const decided: Decided[] = [];
  signals.forEach(({ incident_id }, seed) => {
    for (const decision of decisions.about(incident_id)) {
      if (decision.action === 'suppress') continue;
      const into = decision.action === 'merge' ? seeds.get(decision.arguments['into'] ?? '') : undefined;
      decided.push({ decision, seed, into: into === seed ? undefined : into });
    }
  });
  return decided.sort((a, b) => byTime(a.decision, b.decision));
}

function wholePart(positions: readonly number[], signals: readonly Live[], evidence: Evidence): Part {
  return {
    ...drawn(positions, signals, evidence),
    closed_ns: new Map(),
    split_from: undefined,
    groups: [],
    merged: [],
  };
}

/** The signals at some positions, with their evidence. */
function drawn(
  positions: readonly number[],
  signals: readonly Live[],
  { reasons, causes }: Evidence,
): Pick<Part, 'bridges' | 'reasons' | 'causes'> {
  return {
    bridges: positions.flatMap((at) => signals[at] ?? []),
    reasons: positions.flatMap((at) => reasons[at] ?? []),
    causes: new Set(positions.flatMap((at) => (causes.has(at) ? (signals[at]?.id ?? []) : []))),
  };
}

/** The parts of one component with decisions. */
function dividedParts(signals: readonly Live[], ground: Ground): readonly Part[] {
  const decided = decidedIn(signals, ground.decisions);
  const division = divide(signals, decided, ground);
  const parts = new Map<number, number[]>();
  signals.forEach((_, at) => {
    const group = division.groups.find(at);
    const known = parts.get(group);
    if (known === undefined) parts.set(group, [at]);
    else known.push(at);
  });
  return [...parts.values()].map((positions) => {
    const within = new Set(positions);
    const own = decided.filter(({ seed }) => within.has(seed));
    const closed = positions.flatMap((at) => {
      const closed_ns = division.closed_ns[at];
      return closed_ns === undefined ? [] : [[signals[at]?.id ?? '', closed_ns] as const];
    });
    return {
      ...drawn(positions, signals, division.evidence),
      closed_ns: new Map(closed),
      split_from: positions.map((at) => division.split_from[at]).find((from) => from !== undefined),
      groups: groupsOf(own, signals, division.compartments, ground),
      merged: mergedIn(own, within),
    };
  });
}

/** Decisions by the incident that they name, with its weight when there are several. */
function groupsOf(
  own: readonly Decided[],
  signals: readonly Live[],
  compartments: readonly number[],
  ground: Ground,
): readonly DecisionGroup[] {
  const bySeed = new Map<number, Decided[]>();
  for (const each of own) bySeed.set(each.seed, [...(bySeed.get(each.seed) ?? []), each]);
  return [...bySeed].map(([seed, group]) => {
    const decisions = group.map(({ decision }) => decision);
    const last_ns = decisions.at(-1)?.time_ns ?? 0n;
    const weight = bySeed.size === 1 ? 1 : heldAt(signals, seed, last_ns, compartments, [], ground).length;
    return { incident: decisions[0]?.incident ?? '', decisions, weight };
  });
}

/** Ids that merge decisions joined in one part, sorted. */
function mergedIn(own: readonly Decided[], within: ReadonlySet<number>): readonly string[] {
  const ids = own.flatMap(({ decision, into }) =>
    into !== undefined && within.has(into) ? [decision.incident, decision.arguments['into'] ?? ''] : [],
  );
  return [...new Set(ids)].sort();
}
