import type { Signal } from '#shared/avro/types.generated.ts';
import type { Arrival } from './arrival.ts';
import type { Episode } from './episode.ts';
import { createGroup, type Group } from './group.ts';
import { HitLog, no_hit } from './hit-log.ts';
import type { Instant } from './instant.ts';
import { KeyNumbers } from './key-numbers.ts';
import { arrivals_max, shed_candidates_max } from './limits.ts';

/**
 * What is known of a group as numbers. `base`: the high word that its times are counted from. `last`: the time of its
 * newest hit, infinite while its scout has to begin anew. `newest`: place of the newest hit in the log. `since`: hits
 * behind the last one with which the condition held, unless the group is quiet. `hits`: how many it has.
 * `look`: how many hits it may have until it is looked at. `held`: the last time at which the condition held; of a
 * group that awaits a decision, the time of its first undecided hit. `episode`: hits of the last episode. `growth`: hits
 * from which on its firing says more.
 */
export const column = {
  base: 0,
  last: 1,
  newest: 2,
  hits: 3,
  look: 4,
  held: 5,
  episode: 6,
  growth: 7,
  since: 8,
} as const;
/** The scout's numbers come behind these. */
export const scout_column = 9;

/** `last` of a group whose scout has to begin anew: no hit follows it. */
export const unsure = Number.POSITIVE_INFINITY;
export const never = Number.NEGATIVE_INFINITY;
/** `since` of a quiet group. */
const quiet = -1;
/** Numbers in a line of the processor's cache. */
const line_numbers = 8;
const rows_first = 256;

/** A group as it is saved. */
export interface GroupState {
  readonly key: string;
  readonly hits: readonly Signal[];
  readonly settled: Episode | undefined;
  readonly settled_ns: bigint | undefined;
}

/**
 * The groups of a rule by their key, numbered, with a row of numbers each.
 *
 * A group is quiet until its condition holds for the first time or a hit comes out of order: until then its hits are in
 * a log that all groups share. Then they become a list with a window over it; hits that change nothing of what fires
 * stay in the log until the window is moved.
 */
export class GroupStore {
  readonly keys = new KeyNumbers(arrivals_max);
  rows: Float64Array;
  /** Hits of all groups. */
  hits = 0;
  /** Keeps what `fetch` loads from being thought useless. */
  fetched = 0;
  readonly #stride: number;
  readonly #log = new HitLog();
  /** Groups that are not quiet, by number. */
  readonly #stirred = new Map<number, Group>();
  /** The group that was last looked at to be shed. */
  #candidate = -1;

  constructor(scout_width: number) {
    this.#stride = scout_column + scout_width;
    this.rows = new Float64Array(rows_first * this.#stride);
  }

  /** Where the row of a group begins. */
  rowOf(number: number): number {
    return number * this.#stride;
  }

  /** Has the rows of groups fetched from memory, side by side: the sum is of no interest. */
  fetch(arrivals: readonly Arrival[]): void {
    const { rows } = this;
    let sum = 0;
    for (const { number } of arrivals) {
      const row = this.rowOf(number);
      for (let at = row; at < row + this.#stride; at += line_numbers) sum += rows[at] ?? 0;
    }
    this.fetched = sum;
  }

  keyOfRow(row: number): string {
    return this.keys.keyOf(row / this.#stride);
  }

  /** Makes a group for a new number; `at` is the time of its first hit. */
  open(number: number, at: Instant, look: number): void {
    const row = this.rowOf(number);
    if (row + this.#stride > this.rows.length) {
      const grown = new Float64Array(2 * this.rows.length);
      grown.set(this.rows);
      this.rows = grown;
    }
    const { rows } = this;
    rows[row + column.base] = at.high;
    rows[row + column.last] = never;
    rows[row + column.newest] = no_hit;
    rows[row + column.hits] = 0;
    rows[row + column.look] = look;
    rows[row + column.held] = never;
    rows[row + column.since] = quiet;
  }

  close(number: number): void {
    const row = this.rowOf(number);
    this.hits -= this.rows[row + column.hits] ?? 0;
    this.#log.release(this.rows[row + column.newest] ?? no_hit);
    this.#stirred.delete(number);
    this.keys.close(number);
  }

  isQuiet(row: number): boolean {
    return this.rows[row + column.since] === quiet;
  }

  /** A group that is not quiet; its newest hits may still be in the log. */
  stirred(number: number): Group | undefined {
    return this.isQuiet(this.rowOf(number)) ? undefined : this.#stirred.get(number);
  }

  /** All hits of a group as a list; it is not quiet from now on. */
  stir(number: number): Group {
    const row = this.rowOf(number);
    const hits = this.#log.take(this.rows[row + column.newest] ?? no_hit);
    this.rows[row + column.newest] = no_hit;
    const known = this.stirred(number);
    if (known !== undefined) {
      for (const hit of hits) known.hits.push(hit);
      return known;
    }
    const group = createGroup(this.keys.keyOf(number), number, hits);
    this.rows[row + column.since] = 0;
    this.#stirred.set(number, group);
    return group;
  }

  /** Puts a hit behind the newest of its group. */
  append(row: number, signal: Signal, time: number): void {
    const { rows } = this;
    rows[row + column.newest] = this.#log.append(rows[row + column.newest] ?? no_hit, signal);
    rows[row + column.last] = time;
    rows[row + column.hits] = (rows[row + column.hits] ?? 0) + 1;
    this.hits += 1;
  }

  newestOf(number: number): Signal | undefined {
    const newest = this.rows[this.rowOf(number) + column.newest] ?? no_hit;
    return newest === no_hit ? this.stirred(number)?.hits.at(-1) : this.#log.at(newest);
  }

  /** Whether a quiet group holds a hit. */
  quietHolds(number: number, signal: Signal): boolean {
    const row = this.rowOf(number);
    return this.isQuiet(row) && this.#log.holds(this.rows[row + column.newest] ?? no_hit, signal);
  }

  /** Notes that the list of a group is longer or shorter; its scout has to begin anew. */
  relist({ number, hits }: Group): void {
    const row = this.rowOf(number);
    this.hits += hits.length - (this.rows[row + column.hits] ?? 0);
    this.rows[row + column.hits] = hits.length;
    this.rows[row + column.last] = unsure;
  }

  /** A group that has come least far, of a few but one; the next time others are looked at. -1: there is none. */
  leastOf(but: number): number {
    let least = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let looked_at = 0; looked_at < shed_candidates_max; looked_at += 1) {
      this.#candidate = this.keys.after(this.#candidate);
      const hits = this.rows[this.rowOf(this.#candidate) + column.hits] ?? 0;
      if (hits < fewest && this.#candidate !== but) [least, fewest] = [this.#candidate, hits];
    }
    return least;
  }

  /** Its groups, for checkpoints. */
  *states(): Iterable<GroupState> {
    for (const number of this.keys.numbers()) {
      const group = this.stirred(number);
      const newest = this.#log.list(this.rows[this.rowOf(number) + column.newest] ?? no_hit);
      yield {
        key: this.keys.keyOf(number),
        hits: group === undefined ? newest : [...group.hits, ...newest],
        settled: group?.window?.settled,
        settled_ns: group?.window?.settled_ns,
      };
    }
  }
}
