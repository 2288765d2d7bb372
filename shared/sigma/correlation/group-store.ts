import type { Signal } from '#shared/avro/types.generated.ts';
import type { Episode } from './episode.ts';
import { createGroup, type Group } from './group.ts';
import { HitLog, no_hit } from './hit-log.ts';
import type { Instant } from './instant.ts';
import { KeyNumbers } from './key-numbers.ts';
import { shed_candidates_max } from './limits.ts';

/**
 * What is known of a group as numbers. `base`: the high word that its times are counted from. `last`: the time of its
 * newest hit, infinite while its scout has to begin anew. `newest`: place of the newest hit in the log, while the group
 * is quiet. `since`: hits behind the last one with which the condition held, when it is not. `hits`: how many it has.
 * `look`: how many hits it may have until it is looked at. `held`: the last time at which the condition held; of a
 * group that awaits a decision, the time of its first undecided hit. `episode`: hits of the last episode. `growth`: hits
 * from which on its firing says more.
 */
export const column = {
  base: 0,
  last: 1,
  newest: 2,
  since: 2,
  hits: 3,
  look: 4,
  held: 5,
  episode: 6,
  growth: 7,
} as const;
/** The scout's numbers come behind these. */
export const scout_column = 8;

/** `last` of a group whose scout has to begin anew: no hit follows it. */
export const unsure = Number.POSITIVE_INFINITY;
export const never = Number.NEGATIVE_INFINITY;
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
 * a log that all groups share. Then they become a list with a window over it.
 */
export class GroupStore {
  readonly keys = new KeyNumbers();
  rows: Float64Array;
  /** Hits of all groups. */
  hits = 0;
  readonly #stride: number;
  readonly #log = new HitLog();
  /** Groups that are not quiet, by number. */
  readonly #stirred: (Group | undefined)[] = [];
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

  keyOfRow(row: number): string {
    return this.keys.keyOf(row / this.#stride);
  }

  /** Makes a group for the key that was just looked up; `at` is the time of its first hit. */
  open(key: string, at: Instant, look: number): number {
    const number = this.keys.open(key);
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
    return number;
  }

  close(number: number): void {
    const { rows } = this;
    const row = this.rowOf(number);
    this.hits -= rows[row + column.hits] ?? 0;
    if (this.#stirred[number] === undefined) this.#log.release(rows[row + column.newest] ?? no_hit);
    this.#stirred[number] = undefined;
    this.keys.close(this.keys.keyOf(number));
  }

  /** A group that is not quiet. */
  stirred(number: number): Group | undefined {
    return this.#stirred[number];
  }

  /** The hits of a group as a list; it is not quiet from now on. */
  stir(number: number): Group {
    const known = this.#stirred[number];
    if (known !== undefined) return known;
    const { rows } = this;
    const row = this.rowOf(number);
    const newest = rows[row + column.newest] ?? no_hit;
    const group = createGroup(this.keys.keyOf(number), number, this.#log.list(newest));
    this.#log.release(newest);
    rows[row + column.since] = 0;
    this.#stirred[number] = group;
    return group;
  }

  /** Puts a hit behind the newest of its group. */
  append(number: number, row: number, signal: Signal, time: number): void {
    const { rows } = this;
    const group = this.#stirred[number];
    if (group === undefined) {
      rows[row + column.newest] = this.#log.append(rows[row + column.newest] ?? no_hit, signal);
    } else group.hits.push(signal);
    rows[row + column.last] = time;
    rows[row + column.hits] = (rows[row + column.hits] ?? 0) + 1;
    this.hits += 1;
  }

  newestOf(number: number): Signal | undefined {
    const group = this.#stirred[number];
    if (group !== undefined) return group.hits[group.hits.length - 1];
    return this.#log.at(this.rows[this.rowOf(number) + column.newest] ?? no_hit);
  }

  /** Whether a quiet group holds a hit. */
  quietHolds(number: number, signal: Signal): boolean {
    if (this.#stirred[number] !== undefined) return false;
    return this.#log.holds(this.rows[this.rowOf(number) + column.newest] ?? no_hit, signal);
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
      const group = this.#stirred[number];
      const newest = this.rows[this.rowOf(number) + column.newest] ?? no_hit;
      yield {
        key: this.keys.keyOf(number),
        hits: group?.hits ?? this.#log.list(newest),
        settled: group?.window?.settled,
        settled_ns: group?.window?.settled_ns,
      };
    }
  }
}
