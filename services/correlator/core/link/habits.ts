import type { Live } from '../live.ts';
import { lowerBound, toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { isPersonal } from '../resolve/habit.ts';
import { insert, remove } from './history.ts';

/** When a workload was seen doing something, or anybody calling a peer. */
interface Habit {
  readonly lives: Live[];
  /** Times of signals that were let go of, while others of the habit live. */
  gone_ns: bigint[];
}

/**
 * What a signal shows to be a habit: a peer on the outside is one of everybody's, coming with anything at all one of a
 * person's. An account comes with something whatever it asks for.
 */
export function keysOf({ habit, guise, peers }: Live): readonly string[] {
  if (habit !== undefined && guise?.text === habit) return [habit, guise.person, ...peers];
  const known = habit === undefined ? peers : [habit, ...peers];
  return guise === undefined || isPersonal(guise.text) ? known : [guise.text, guise.person, ...known];
}

/** When each habit was seen: an attach signal of what was usual before the incident joins nothing. */
export class Habits {
  readonly #habits = new Map<string, Habit>();
  readonly #lookback_ns: bigint;

  constructor({ attach }: Parameters) {
    this.#lookback_ns = toNs(attach.habit_lookback_ms);
  }

  add(live: Live): void {
    for (const text of keysOf(live)) {
      const habit = this.#habits.get(text) ?? { lives: [], gone_ns: [] };
      insert(habit.lives, live);
      this.#habits.set(text, habit);
    }
  }

  /** `evicted`: its time still counts for what remains of the habit. */
  remove(live: Live, evicted: boolean): void {
    for (const text of keysOf(live)) this.#remove(text, live, evicted);
  }

  #remove(text: string, live: Live, evicted: boolean): void {
    const habit = this.#habits.get(text);
    if (habit === undefined) return;
    remove(habit.lives, live);
    const [oldest] = habit.lives;
    // What is only resolved anew comes back at once, and times that are gone still count for it.
    if (oldest === undefined && (evicted || habit.gone_ns.length === 0)) this.#habits.delete(text);
    else if (oldest !== undefined && evicted) {
      const needed_ns = oldest.time_ns - this.#lookback_ns;
      habit.gone_ns = [...habit.gone_ns, live.time_ns].filter((time_ns) => time_ns >= needed_ns);
    }
  }

  /** Signals of a habit, in the order of `byTime`. */
  of(habit: string): readonly Live[] {
    return this.#habits.get(habit)?.lives ?? [];
  }

  /** Whether a habit was seen in an interval (`to_ns` exclusive). */
  seenBetween(habit: string, from_ns: bigint, to_ns: bigint): boolean {
    const first_ns = this.firstSince(habit, from_ns);
    return first_ns !== undefined && first_ns < to_ns;
  }

  /** When a habit was first seen from a time on. */
  firstSince(habit: string, from_ns: bigint): bigint | undefined {
    const known = this.#habits.get(habit);
    if (known === undefined) return undefined;
    let first_ns = known.lives[lowerBound(known.lives, from_ns)]?.time_ns;
    for (const time_ns of known.gone_ns) {
      if (time_ns >= from_ns && (first_ns === undefined || time_ns < first_ns)) first_ns = time_ns;
    }
    return first_ns;
  }

  /** Times of signals that are gone, for checkpoints. */
  *remembered(): Iterable<readonly [habit: string, gone_ns: readonly bigint[]]> {
    for (const [habit, { gone_ns }] of this.#habits) if (gone_ns.length > 0) yield [habit, gone_ns];
  }

  remember(habit: string, gone_ns: readonly bigint[]): void {
    const known = this.#habits.get(habit);
    if (known !== undefined) known.gone_ns = [...gone_ns];
  }
}
