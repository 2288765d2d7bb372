import { limitsOf } from '../limits.ts';
import type { Parameters } from '../parameters.ts';
import { isCauseOnly, isWithin } from './history.ts';
import {
  bothFacts,
  type Candidate,
  decision_rank,
  event_rank,
  firstReason,
  isStronger,
  part_rank,
  type Reason,
} from './reason.ts';
import { type Appearance, isCause, lastCauses, type Sweep, type Track } from './sweep.ts';

/** Why each signal of a sweep is where it is. */
export interface Evidence {
  /** By position: the strongest link to an earlier signal, else to a later one; `first` for a signal without links. */
  readonly reasons: readonly Reason[];
  /** Positions of signals that caused another one: they acted on what acts later. */
  readonly causes: ReadonlySet<number>;
}

/** Finds the reasons; `decided` are pairs of positions that a person joined. */
export function evidenceOf(
  sweep: Sweep,
  decided: readonly (readonly [number, number])[],
  parameters: Parameters,
): Evidence {
  const { ranks } = limitsOf(parameters);
  const board = new Board(sweep);
  const causes = new Set<number>();
  for (const [a, b] of sweep.events) board.pair(a, b, 'event', event_rank);
  for (const [a, b] of sweep.parts) board.pair(a, b, 'part', part_rank);
  for (const [a, b] of decided) board.pair(a, b, 'decision', decision_rank);
  for (const track of sweep.tracks) {
    const rank = ranks.get(track.kind) ?? 0;
    neighbours(track.actors, (a, b) => {
      if (!isWithin(track.history, track.kind, a.live.time_ns, b.live.time_ns, parameters)) return;
      board.link(a, b, 'actor', 'actor', rank);
    });
    if (track.sources.length > 0 && track.sinks.length > 0)
      weighCauses(track, rank, board, causes, parameters);
  }
  return { reasons: board.reasons(), causes };
}

function neighbours(list: readonly Appearance[], visit: (a: Appearance, b: Appearance) => void): void {
  let before: Appearance | undefined;
  for (const appearance of list) {
    if (before !== undefined) visit(before, appearance);
    before = appearance;
  }
}

/** For every source the nearest sink on either side, and for every sink the nearest source. */
function weighCauses(
  track: Track,
  rank: number,
  board: Board,
  causes: Set<number>,
  parameters: Parameters,
): void {
  const skew_ns = limitsOf(parameters).skew_ns;
  const weigh = (source: Appearance | undefined, sink: Appearance | undefined): void => {
    if (source === undefined || sink === undefined || source.at === sink.at) return;
    if (!isCause(track, source, sink, skew_ns, parameters)) return;
    causes.add(source.at);
    if (source.at < sink.at) board.link(source, sink, 'caused', 'cause', rank);
    else board.link(sink, source, 'cause', 'caused', rank);
  };
  if (isCauseOnly(track.kind)) {
    for (const [source, sink] of lastCauses(track, parameters)) weigh(source, sink);
    return;
  }
  nearestPairs(track.sources, track.sinks, weigh);
  nearestPairs(track.sinks, track.sources, (sink, source) => weigh(source, sink));
}

/** Visits each member of `list` with its nearest neighbour before and after it in `others`, itself left out. */
function nearestPairs(
  list: readonly Appearance[],
  others: readonly Appearance[],
  visit: (member: Appearance, other: Appearance | undefined) => void,
): void {
  let passed = 0;
  for (const member of list) {
    while (passed < others.length && (others[passed]?.at ?? 0) < member.at) passed += 1;
    const itself = others[passed]?.at === member.at;
    visit(member, others[passed - 1]);
    visit(member, others[itself ? passed + 1 : passed]);
  }
}

/** Keeps the strongest candidate of each signal among earlier and among later ones. */
class Board {
  readonly #sweep: Sweep;
  readonly #earlier: (Candidate | undefined)[];
  readonly #later: (Candidate | undefined)[];

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
    this.#earlier = Array.from({ length: sweep.signals.length });
    this.#later = Array.from({ length: sweep.signals.length });
  }

  /** Links two positions that share no entity. */
  pair(a: number, b: number, kind: Reason['kind'], rank: number): void {
    this.#offer(Math.min(a, b), Math.max(a, b), {
      kind,
      otherKind: kind,
      rank,
      entity: undefined,
      facts: [],
    });
  }

  /** Links an earlier and a later signal over the entity of their roles. */
  link(
    a: Appearance,
    b: Appearance,
    kindForEarlier: Reason['kind'],
    kindForLater: Reason['kind'],
    rank: number,
  ): void {
    if (!this.#wanted(a.at, b.at, rank)) return;
    const facts = bothFacts(a.role.facts, b.role.facts);
    this.#offer(a.at, b.at, {
      kind: kindForLater,
      otherKind: kindForEarlier,
      rank,
      entity: a.role.entity,
      facts,
    });
  }

  /** Most links are weaker than what is known already; those need no work. */
  #wanted(earlier: number, later: number, rank: number): boolean {
    return rank <= (this.#earlier[later]?.rank ?? rank) || rank <= (this.#later[earlier]?.rank ?? rank);
  }

  #offer(
    earlier: number,
    later: number,
    link: Omit<Candidate, 'apart_ns' | 'with'> & { readonly otherKind: Reason['kind'] },
  ): void {
    const [a, b] = [this.#sweep.signals[earlier], this.#sweep.signals[later]];
    if (a === undefined || b === undefined) return;
    const { kind, otherKind, rank, entity, facts } = link;
    const apart_ns = b.time_ns - a.time_ns;
    const toEarlier: Candidate = { kind, rank, apart_ns, with: a.id, entity, facts };
    const toLater: Candidate = { kind: otherKind, rank, apart_ns, with: b.id, entity, facts };
    const knownEarlier = this.#earlier[later];
    const knownLater = this.#later[earlier];
    if (knownEarlier === undefined || isStronger(toEarlier, knownEarlier, 'earlier'))
      this.#earlier[later] = toEarlier;
    if (knownLater === undefined || isStronger(toLater, knownLater, 'later')) this.#later[earlier] = toLater;
  }

  reasons(): readonly Reason[] {
    return this.#sweep.signals.map((_, at) => {
      const best = this.#earlier[at] ?? this.#later[at];
      if (best === undefined) return firstReason;
      return { kind: best.kind, with: best.with, entity: best.entity, facts: best.facts };
    });
  }
}
