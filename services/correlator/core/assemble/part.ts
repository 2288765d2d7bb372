import type { Live } from '../live.ts';
import type { Reason } from '../link/reason.ts';
import type { ContextEntry, Flood, Verdict } from '../model.ts';
import type { PostureEvidence } from '../score/score.ts';
import type { DecisionGroup } from './lifecycle.ts';

/** One incident, or candidate, before it is described: what belongs to it. */
export interface Part {
  /** Bridge signals in the order of `byTime`; never empty. */
  readonly bridges: readonly Live[];
  /** Why each bridge signal is here. */
  readonly reasons: readonly Reason[];
  /** Ids of bridge signals that caused others. */
  readonly causes: ReadonlySet<string>;
  /** By id of a bridge signal: when the incident that holds it was closed. */
  readonly closed_ns: ReadonlyMap<string, bigint>;
  /** Id of the incident that a split took it out of. */
  readonly split_from: string | undefined;
  readonly groups: readonly DecisionGroup[];
  /** Incident ids that a merge decision joined here. */
  readonly merged: readonly string[];
}

/** A signal that joined without connecting. */
export interface Attached {
  readonly live: Live;
  readonly reason: Reason;
}

/** How much a part weighs, and the context that this rests on. */
export interface Judged {
  readonly posture: readonly PostureEvidence[];
  readonly verdict: Verdict;
}

/** Everything that a description needs. */
export interface Gathered {
  readonly part: Part;
  readonly attached: readonly Attached[];
  readonly told_elsewhere: ReadonlySet<string>;
  readonly context: readonly ContextEntry[];
  readonly verdict: Verdict;
  readonly floods: readonly Flood[];
}
