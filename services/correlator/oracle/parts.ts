import type { Decision } from '#shared/avro/types.generated.ts';
import type { Reason } from '../core/link/reason.ts';
import type { Parameters } from '../core/parameters.ts';
import { bestReason, type Counts, type Link, linksBetween } from './links.ts';
import { before, type Resolved } from './signals.ts';

/** What cuts surround a signal: numbers of the decisions that made them, outermost first. */
type Cuts = readonly {
  readonly number: number;
  readonly closed: bigint | undefined;
  readonly split: string | undefined;
}[];

/** One incident or candidate: its bridge signals, and why each is there. */
export interface OraclePart {
  readonly bridges: readonly Resolved[];
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly causes: ReadonlySet<string>;
  readonly closed: ReadonlyMap<string, bigint>;
  readonly split_from: string | undefined;
  readonly merged: readonly string[];
  readonly groups: readonly {
    readonly incident: string;
    readonly decisions: readonly Decision[];
    readonly weight: number;
  }[];
}

/** Components under all links between all pairs, divided and joined by decisions. */
export function partsOf(
  bridges: readonly Resolved[],
  decisions: readonly Decision[],
  counts: Counts,
  parameters: Parameters,
): OraclePart[][] {
  const links = new Map<Resolved, Link[]>();
  for (const one of bridges) {
    links.set(
      one,
      bridges.flatMap((other) => (other === one ? [] : linksBetween(one, other, counts, parameters))),
    );
  }
  const seedOf = (id: string | undefined): Resolved | undefined =>
    bridges.find(({ incident_id }) => incident_id === id);
  const decided = decisions
    .filter(({ action, incident }) => action !== 'suppress' && seedOf(incident) !== undefined)
    .sort((a, b) => before({ id: a.id, t: a.time_ns }, { id: b.id, t: b.time_ns }));
  const merges = decided.flatMap((decision): [Resolved, Resolved][] => {
    const [a, b] = [seedOf(decision.incident), seedOf(decision.arguments['into'])];
    return decision.action === 'merge' && a !== undefined && b !== undefined ? [[a, b]] : [];
  });
  const linked = (a: Resolved, b: Resolved): boolean => (links.get(a) ?? []).some(({ other }) => other === b);
  const components = connected(bridges, (a, b) => linked(a, b) || joinedBy(merges, a, b));
  return components.map((component) => divideComponent(component, decided, links, seedOf));
}

function joinedBy(pairs: readonly (readonly [Resolved, Resolved])[], a: Resolved, b: Resolved): boolean {
  return pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
}

/** Connected sets, each in order, in the order of their first. */
function connected(all: readonly Resolved[], isLinked: (a: Resolved, b: Resolved) => boolean): Resolved[][] {
  const open = new Set([...all].sort(before));
  const sets: Resolved[][] = [];
  for (const seed of open) {
    const set = [seed];
    open.delete(seed);
    for (const member of set) {
      const linked = Array.from(open).filter((other) => isLinked(member, other));
      for (const other of linked) {
        set.push(other);
        open.delete(other);
      }
    }
    sets.push(set.sort(before));
  }
  return sets;
}

function divideComponent(
  component: readonly Resolved[],
  all: readonly Decision[],
  links: ReadonlyMap<Resolved, readonly Link[]>,
  seedOf: (id: string | undefined) => Resolved | undefined,
): OraclePart[] {
  const cuts = new Map<Resolved, Cuts>(component.map((signal) => [signal, []]));
  const joins: { a: Resolved; b: Resolved; number: number }[] = [];
  const sameCuts = (a: Resolved, b: Resolved): boolean => place(cuts.get(a)) === place(cuts.get(b));
  const linked = (a: Resolved, b: Resolved): boolean =>
    sameCuts(a, b) && (links.get(a) ?? []).some(({ other }) => other === b);
  const decided = all.filter(({ incident }) => component.includes(seedOf(incident) ?? noSignal));
  const heldAt = (seed: Resolved, until: bigint, withJoins: boolean): Resolved[] => {
    const some = component.filter((one) => one.t <= until && sameCuts(one, seed));
    const joined = (a: Resolved, b: Resolved): boolean =>
      withJoins &&
      joinedBy(
        joins.map(({ a: x, b: y }) => [x, y] as const),
        a,
        b,
      );
    return connected(some, (a, b) => linked(a, b) || joined(a, b)).find((set) => set.includes(seed)) ?? [];
  };
  decided.forEach((decision, index) => {
    const number = index + 1;
    const seed = seedOf(decision.incident);
    if (seed === undefined) return;
    const here = cuts.get(seed) ?? [];
    if (decision.action === 'close') {
      const held = heldAt(seed, decision.time_ns, true);
      for (const one of held)
        cuts.set(one, [...here, { number, closed: decision.time_ns, split: undefined }]);
    }
    if (decision.action === 'reopen' && here.at(-1)?.closed !== undefined) {
      const inside = component.filter((one) => sameCuts(one, seed));
      for (const one of inside) cuts.set(one, here.slice(0, -1));
    }
    if (decision.action === 'split') {
      const ids = (decision.arguments['signals'] ?? '').split(',').map((id) => id.trim());
      const inside = component.filter((one) => sameCuts(one, seed));
      const events = inside.filter(({ id }) => ids.includes(id)).map(({ signal }) => signal.event.id);
      const taken = inside.filter(({ signal }) => events.includes(signal.event.id));
      for (const one of taken)
        cuts.set(one, [...here, { number, closed: undefined, split: decision.incident }]);
      taken.slice(1).forEach((b, at) => joins.push({ a: taken[at] ?? b, b, number }));
    }
    const into = seedOf(decision.arguments['into']);
    if (decision.action === 'merge' && into !== undefined && into !== seed)
      joins.push({ a: seed, b: into, number });
  });
  const standing = joins.filter(({ a, b, number }) => {
    const [numbersA, numbersB] = [a, b].map((one) => (cuts.get(one) ?? []).map((cut) => cut.number));
    const between = [
      ...(numbersA ?? []).filter((cut) => !(numbersB ?? []).includes(cut)),
      ...(numbersB ?? []).filter((cut) => !(numbersA ?? []).includes(cut)),
    ];
    return between.every((cut) => cut <= number);
  });
  const pairs = standing.map(({ a, b }) => [a, b] as const);
  const parts = connected(component, (a, b) => linked(a, b) || joinedBy(pairs, a, b));
  return parts.map((bridges): OraclePart => {
    const within = (one: Resolved): Link[] =>
      (links.get(one) ?? []).filter(({ other }) => linked(one, other));
    const own = decided.filter(({ incident }) => bridges.includes(seedOf(incident) ?? noSignal));
    const incidents = [...new Set(own.map(({ incident }) => incident))];
    return {
      bridges,
      reasons: new Map(
        bridges.map((one, at) => {
          const decidedLinks = pairs.flatMap(([a, b]): Link[] => {
            if (one !== a && one !== b) return [];
            const other = one === a ? b : a;
            if (other === one) return [];
            const apart = one.t < other.t ? other.t - one.t : one.t - other.t;
            return [{ kind: 'decision', rank: -1, apart, one, other, entity: undefined, facts: [] }];
          });
          const best = at === 0 ? undefined : bestReason([...within(one), ...decidedLinks]);
          return [one.id, best ?? { kind: 'first', with: undefined, entity: undefined, facts: [] }] as const;
        }),
      ),
      causes: new Set(
        bridges.filter((one) => within(one).some(({ kind }) => kind === 'caused')).map(({ id }) => id),
      ),
      closed: new Map(
        bridges.flatMap((one) => {
          const closed = cuts.get(one)?.at(-1)?.closed;
          return closed === undefined ? [] : [[one.id, closed] as const];
        }),
      ),
      split_from: bridges.map((one) => cuts.get(one)?.at(-1)?.split).find((from) => from !== undefined),
      merged: [
        ...new Set(
          own.flatMap(({ action, incident, arguments: { into } }) =>
            action === 'merge' &&
            into !== undefined &&
            into !== incident &&
            bridges.includes(seedOf(into) ?? noSignal)
              ? [incident, into]
              : [],
          ),
        ),
      ].sort(),
      groups: incidents.map((incident) => {
        const group = own.filter((decision) => decision.incident === incident);
        const seed = seedOf(incident);
        const last = group.at(-1)?.time_ns ?? 0n;
        const weight = incidents.length === 1 || seed === undefined ? 1 : heldAt(seed, last, false).length;
        return { incident, decisions: group, weight };
      }),
    };
  });
}

/** Stands for a seed that is not there. */
const noSignal: Resolved = {
  signal: {
    id: '',
    scope: '',
    time_ns: 0n,
    family: 'runtime',
    score: 0,
    tactics: [],
    techniques: [],
    actors: [],
    targets: [],
    rule: { id: '', title: '', level: 'low', origin: 'tool' },
    class: 'context',
    opener: false,
    summary: '',
    event: { id: '', hash: '', dataset: '' },
    fields: {},
    parts: [],
  },
  id: '',
  t: 0n,
  actors: new Map(),
  targets: new Map(),
  role: 'context',
  moves: false,
  calls: [],
  approved: false,
  incident_id: '',
};

function place(cuts: Cuts | undefined): string {
  return (cuts ?? []).map(({ number }) => number).join('/');
}
