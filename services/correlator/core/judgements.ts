import type { Signal } from '#shared/avro/types.generated.ts';
import type { Live } from './live.ts';

/** A firing of a correlation rule that came, changed or went. */
export interface FiringJudged {
  /** As it was said last, when it holds no more. */
  readonly firing: Signal;
  /** The signals that it names; none when it holds no more. */
  readonly parts: readonly Signal[];
  readonly holds: boolean;
}

/** Signals of one rule that one decision keeps from counting. */
export interface Suppressed {
  /** Id of the decision. */
  readonly decision: string;
  readonly rule: Signal['rule'];
  /** Ids of the first of them. */
  readonly members: readonly string[];
  /** All of them. */
  readonly signals: number;
}

/** What is worth a leaf of the audit ledger beside the steps of incidents. */
export interface Judged {
  readonly firings: readonly FiringJudged[];
  readonly suppressed: readonly Suppressed[];
}

/** Signals that one leaf names; the number of all of them stands beside. */
const members_max = 1_000;

/** Collects what was judged between two looks: of a firing that changes several times, the last counts. */
export class Judgements {
  #firings = new Map<string, FiringJudged>();
  #suppressed = new Map<string, Suppressed & { members: string[]; signals: number }>();

  noteFiring(firing: Signal, parts: readonly Signal[], holds: boolean): void {
    this.#firings.set(firing.id, { firing, parts, holds });
  }

  /** A signal as it was before, and as it is now. */
  noteSuppression(before: Live | undefined, { id, signal: { rule }, suppressed_by: decision }: Live): void {
    if (decision === undefined || decision === before?.suppressed_by) return;
    const key = `${decision} ${rule.id}`;
    const known = this.#suppressed.get(key) ?? { decision, rule, members: [], signals: 0 };
    known.signals += 1;
    if (known.members.length < members_max) known.members.push(id);
    this.#suppressed.set(key, known);
  }

  /** What was noted since the last call. */
  take(): Judged {
    const judged = { firings: [...this.#firings.values()], suppressed: [...this.#suppressed.values()] };
    this.#firings = new Map();
    this.#suppressed = new Map();
    return judged;
  }
}
