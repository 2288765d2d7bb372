import type { Entity } from '#shared/event/entity.ts';
import { gather, judge } from '../assemble/gather.ts';
import { isReplaced, kindOf } from '../entity/kinds.ts';
import type { ScopeFold } from '../fold.ts';
import type { Live } from '../live.ts';
import type { Reason } from '../link/reason.ts';
import { byTime, compareText } from '../order.ts';
import { roleOf } from '../population.ts';
import type { PartState } from '../state.ts';
import { type Meeting, meetingOrder, meetingOver } from './meeting.ts';

/** Signals of one side that are compared with those of the other, earliest first. */
const side_signals_max = 200;
/** Entities in common that are told. */
const meetings_max = 50;

/** Why two things (signals, events or incidents) are not in one incident; or that they are. */
export interface WhyNot {
  readonly a: Side;
  readonly b: Side;
  /** True: one incident or candidate holds both. */
  readonly together: boolean;
  /** Entities that both have to do with and what became of each, the strongest first. */
  readonly meetings: readonly MetOver[];
  /** They would link, but a person's decision (close, split) keeps them apart. */
  readonly decided: boolean;
}

export interface MetOver {
  readonly entity: Entity;
  readonly meeting: Meeting;
  /** Ids of the two signals that come nearest to a link over it. */
  readonly a: string;
  readonly b: string;
}

/** Where one of the two is. */
export interface Side {
  /** The id that was asked for. */
  readonly asked: string;
  /** Where it was found. */
  readonly scope: string | undefined;
  /** What it names; `nothing`: not seen, too late, counted as part of a flood, or let go of by the horizon. */
  readonly kind: 'signal' | 'event' | 'incident' | 'nothing';
  /** The first of its signals, of those that connect if there are any. */
  readonly signal: SignalSide | undefined;
  /** The incident, or candidate, that holds it. */
  readonly incident: IncidentSide | undefined;
  /** Of a signal that joins without connecting: what it joined, and why that. */
  readonly joined: Reason | undefined;
  /** The incident that such a signal is near to, but left out of: the same was seen before it began, or it was closed. */
  readonly left_out_of: string | undefined;
  /** Names in it that no fact resolved, and that may therefore stand for something in the other. */
  readonly unresolved: readonly Entity[];
}

export interface SignalSide {
  readonly id: string;
  readonly time_ns: bigint;
  readonly rule: string;
  readonly summary: string;
  /** `suppressed` by a decision counts nowhere; `context` belongs to every incident about what it describes. */
  readonly role: 'bridge' | 'attach' | 'context' | 'suppressed';
}

export interface IncidentSide {
  readonly id: string;
  /** False: a candidate, below the threshold. */
  readonly open: boolean;
  readonly score: number;
}

/** Explains, from the state of a scope, why `a` and `b` (ids of signals, events or incidents) are not one incident. */
export function explainWhyNot(fold: ScopeFold, a: string, b: string): WhyNot {
  const [first, second] = [find(fold, a), find(fold, b)];
  const together = first.part !== undefined && first.part === second.part;
  const meetings = together ? [] : meetingsOf(first.lives, second.lives, fold);
  const links = meetings.some(({ meeting }) => meeting.kind === 'links');
  return {
    a: sideOf(a, first, fold),
    b: sideOf(b, second, fold),
    together,
    meetings,
    decided: links && first.part !== undefined && first.part.component === second.part?.component,
  };
}

/** Explains two things that may be of different scopes. */
export function explainAcross(folds: readonly ScopeFold[], a: string, b: string): WhyNot {
  const knowing = (id: string): ScopeFold | undefined =>
    folds.find((fold) => find(fold, id).kind !== 'nothing');
  const [first, second] = [knowing(a), knowing(b)];
  const known = first ?? second;
  if (first !== undefined && second !== undefined && first !== second) {
    const [sideA, sideB] = [sideOf(a, find(first, a), first), sideOf(b, find(second, b), second)];
    return { a: sideA, b: sideB, together: false, meetings: [], decided: false };
  }
  if (known !== undefined) return explainWhyNot(known, a, b);
  return { a: nowhere(a), b: nowhere(b), together: false, meetings: [], decided: false };
}

function nowhere(asked: string): Side {
  return {
    asked,
    scope: undefined,
    kind: 'nothing',
    signal: undefined,
    incident: undefined,
    joined: undefined,
    left_out_of: undefined,
    unresolved: [],
  };
}

interface Found {
  readonly kind: Side['kind'];
  /** Those that connect first, each in the order of `byTime`. */
  readonly lives: readonly Live[];
  readonly part: PartState | undefined;
  /** The part that it is near to, but left out of. */
  readonly near?: PartState | undefined;
}

function find(fold: ScopeFold, id: string): Found {
  const { population, assembly } = fold;
  const live = population.get(id);
  if (live !== undefined) return { kind: 'signal', lives: [live], ...placeOf(live, fold) };
  const seed = population.seedOf(id);
  const part = seed === undefined ? undefined : assembly.partOf(seed.id);
  if (part !== undefined) return { kind: 'incident', lives: part.part.bridges, part };
  const all = [...population.lives.values()].filter(({ signal }) => signal.event.id === id).sort(byTime);
  const isBridge = (each: Live): boolean => roleOf(each) === 'bridge';
  const lives = [...all.filter(isBridge), ...all.filter((each) => !isBridge(each))];
  const [first] = lives;
  return first === undefined
    ? { kind: 'nothing', lives: [], part: undefined }
    : { kind: 'event', lives, ...placeOf(first, fold) };
}

function placeOf(live: Live, fold: ScopeFold): Pick<Found, 'part' | 'near'> {
  const role = roleOf(live);
  const part = role === 'bridge' || role === 'attach' ? fold.assembly.partHolding(live) : undefined;
  if (part === undefined || role === 'bridge') return { part };
  const { attached } = gather(part.part, judge(part.part, fold).verdict, fold);
  return attached.some((each) => each.live === live) ? { part } : { part: undefined, near: part };
}

function sideOf(asked: string, { kind, lives, part, near }: Found, fold: ScopeFold): Side {
  const [first] = lives;
  if (first === undefined) return nowhere(asked);
  const { id, time_ns, signal } = first;
  const incident =
    part === undefined
      ? undefined
      : { id: part.id, open: part.open, score: judge(part.part, fold).verdict.score };
  return {
    asked,
    scope: fold.scope,
    kind,
    signal: { id, time_ns, rule: signal.rule.title, summary: signal.summary, role: roleOf(first) },
    incident,
    joined: fold.assembly.attachmentOfEvent(signal.event.id)?.attachment.reason,
    left_out_of: near?.id,
    unresolved: unresolvedIn(lives),
  };
}

/** Names that a fact could have resolved, but none did. */
function unresolvedIn(lives: readonly Live[]): readonly Entity[] {
  const names = new Set<Entity>();
  for (const { actors, targets } of lives.slice(0, side_signals_max)) {
    for (const resolution of [actors, targets]) {
      for (const [entity, { replaced }] of resolution) {
        if (!replaced && isReplaced(kindOf(entity))) names.add(entity);
      }
    }
  }
  return [...names].sort(compareText);
}

/** By entity, the pair of signals that comes nearest to a link over it. */
function meetingsOf(a: readonly Live[], b: readonly Live[], fold: ScopeFold): readonly MetOver[] {
  const naming = namingIn(b);
  const best = new Map<Entity, MetOver>();
  for (const one of a.slice(0, side_signals_max)) {
    for (const entity of one.entities) {
      for (const other of naming.get(entity) ?? []) {
        const history = fold.population.historyOf(entity);
        const meeting = meetingOver(entity, one, other, history, fold.parameters);
        if (meeting === undefined) continue;
        const known = best.get(entity);
        if (known === undefined || isNearer(meeting, known.meeting))
          best.set(entity, { entity, meeting, a: one.id, b: other.id });
      }
    }
  }
  const rank = ({ meeting }: MetOver): number => meetingOrder.indexOf(meeting.kind);
  return [...best.values()]
    .sort((x, y) => rank(x) - rank(y) || compareText(x.entity, y.entity))
    .slice(0, meetings_max);
}

function namingIn(lives: readonly Live[]): ReadonlyMap<Entity, readonly Live[]> {
  const naming = new Map<Entity, Live[]>();
  for (const live of lives.slice(0, side_signals_max)) {
    for (const entity of live.entities) {
      const known = naming.get(entity);
      if (known === undefined) naming.set(entity, [live]);
      else known.push(live);
    }
  }
  return naming;
}

function isNearer(meeting: Meeting, known: Meeting): boolean {
  if (meeting.kind === 'apart' && known.kind === 'apart')
    return meeting.apart_ns - meeting.limit_ns < known.apart_ns - known.limit_ns;
  return meetingOrder.indexOf(meeting.kind) < meetingOrder.indexOf(known.kind);
}
