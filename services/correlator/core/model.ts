import type { IncidentStatus, Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Collapsed } from './intake/flood.ts';
import type { Reason } from './link/reason.ts';
import type { PostureName } from './parameters.ts';

/** One incident, as data: a function of the set of signals, facts and decisions. Documents are rendered from it. */
export interface IncidentModel {
  readonly id: string;
  readonly scope: string;
  readonly status: Exclude<IncidentStatus, 'merged'>;
  readonly verdict: Verdict;
  readonly lifecycle: Lifecycle;
  /** In order of time, then id. */
  readonly members: readonly Member[];
  /** Events that another incident tells: a decision cut between signals of one event. */
  readonly told_elsewhere: ReadonlySet<string>;
  /** What the incident is mainly about: where most of the score is. */
  readonly main: Entity | undefined;
  /** Every entity of the members, by kind, then by name. */
  readonly entities: readonly Entity[];
  /** Human names of entities whose own name is an id. */
  readonly names: ReadonlyMap<Entity, string>;
  /** What was acted on, in order of time. */
  readonly blast_radius: readonly Reached[];
  readonly root_cause: RootCause;
  readonly context: readonly ContextEntry[];
  readonly floods: readonly Flood[];
  readonly unseen: readonly Unseen[];
  /** Other open incidents that decisions cut from this one. */
  readonly related: readonly string[];
  readonly merged_from: readonly string[];
  readonly split_from: string | undefined;
}

/** A signal of an incident, and why it is one. */
export interface Member {
  readonly signal: Signal;
  readonly reason: Reason;
  /** Entities that it named or was resolved to, sorted. */
  readonly entities: readonly Entity[];
}

/** How much it weighs, and why it is shown. */
export interface Verdict {
  /** 0 to 100, two digits. */
  readonly score: number;
  readonly terms: readonly ScoreTerm[];
  readonly severity: 21 | 47 | 73 | 99;
  /** Undefined: a candidate, kept and explained but not shown. */
  readonly opened_because: Opening | undefined;
}

/** One addend of the score; all of them sum to it. */
export type ScoreTerm =
  | {
      readonly term: 'signal';
      readonly rule: string;
      readonly title: string;
      readonly entity: Entity | undefined;
      readonly score: number;
      readonly points: number;
    }
  | {
      readonly term: 'posture';
      readonly name: PostureName;
      readonly because: string;
      readonly points: number;
    }
  | { readonly term: 'tactics' | 'families'; readonly count: number; readonly points: number }
  /** Signals that are known to be benign: what they would have added. */
  | { readonly term: 'benign'; readonly signals: number; readonly points: number }
  /** What goes beyond 100. */
  | { readonly term: 'limit'; readonly points: number };

export interface Opening {
  /** `sequence`: an opener fired. `decision`: a person works on it. */
  readonly kind: 'sequence' | 'score' | 'critical' | 'decision';
  readonly signal: string | undefined;
}

/** What people did to it. */
export interface Lifecycle {
  readonly status: 'open' | 'acknowledged' | 'closed';
  readonly assignee: string | undefined;
  readonly disposition: string | undefined;
  readonly closed_ns: bigint | undefined;
  readonly notes: readonly Note[];
}

export interface Note {
  readonly time_ns: bigint;
  readonly actor: string;
  readonly action: string;
  readonly text: string;
}

export interface Reached {
  readonly entity: Entity;
  readonly first_ns: bigint;
}

export interface RootCause {
  readonly signal: Signal;
  /** True: it is where a path of causes begins; false: merely the earliest signal. */
  readonly on_path: boolean;
  /** The vulnerability that it used, when a member names it and the image has it. */
  readonly vulnerability: string | undefined;
}

/** A finding that matters here; it connects nothing. */
export interface ContextEntry {
  readonly signal: Signal;
  readonly why: 'vulnerability' | 'policy' | 'untrusted_image';
  /** The entity that it shares with a member. */
  readonly entity: Entity;
}

/** Signals that were counted instead of kept. */
export interface Flood extends Collapsed {
  readonly rule: string;
  readonly title: string;
  readonly entity: Entity | undefined;
  /** Start of the bucket of event time. */
  readonly from_ns: bigint;
}

/** What the incident cannot know. */
export type Unseen =
  | { readonly kind: 'unresolved'; readonly entity: Entity }
  | { readonly kind: 'family'; readonly family: string };
