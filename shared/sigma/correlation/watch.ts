import type { Signal } from '#shared/avro/types.generated.ts';
import type { Definition } from './definition.ts';
import { growthOf } from './episode.ts';
import type { Group, Window } from './group.ts';
import { column, type GroupStore, never, scout_column, unsure } from './group-store.ts';
import { Instant } from './instant.ts';
import { placeOf } from './order-of-signals.ts';
import type { Scout } from './scout.ts';

/**
 * Watches the newest hits of the groups of a rule that fires at once, and says which of them can change what fires: one
 * with which the condition holds for the first time, or with which an episode has grown enough to be said again. Only
 * then is a window moved.
 */
export class Watch {
  readonly #definition: Definition;
  readonly #groups: GroupStore;
  readonly #scout: Scout | undefined;
  readonly #timespan: number;
  readonly #instant = new Instant();

  constructor(definition: Definition, groups: GroupStore, scout: Scout | undefined) {
    this.#definition = definition;
    this.#groups = groups;
    this.#scout = scout;
    this.#timespan = Number(definition.rule.timespan_ns);
  }

  begin(row: number): void {
    this.#scout?.begin(this.#groups.rows, row + scout_column);
  }

  /** What has to be known of a signal of a source when it is taken. */
  read(signal: Signal, source: number): number {
    return this.#scout === undefined ? 0 : this.#scout.read(signal, source);
  }

  /** Takes the newest hit of a group, and what was read of it. False when it changes nothing of what fires. */
  take(number: number, row: number, read: number, source: number, time: number, same_time: boolean): boolean {
    if (this.#scout === undefined) return this.#hasEnough(number, row, time);
    const { rows } = this.#groups;
    const isQuiet = this.#groups.isQuiet(row);
    const verdict = this.#scout.take(rows, row + scout_column, read, source, time, same_time);
    if (verdict === 'fails') {
      if (!isQuiet) rows[row + column.since] = (rows[row + column.since] ?? 0) + 1;
      return false;
    }
    if (verdict === 'unsure') rows[row + column.last] = unsure;
    return isQuiet || verdict === 'unsure' || this.#saysMore(row, time);
  }

  /** Whether the fewest hits with which a window could fulfil the condition fit into the timespan up to the newest. */
  #hasEnough(number: number, row: number, time: number): boolean {
    const { hits_min } = this.#definition;
    if (this.#groups.isQuiet(row)) return (this.#groups.rows[row + column.hits] ?? 0) >= hits_min;
    const first = this.#groups.stir(number).hits.at(-hits_min);
    return first !== undefined && time - this.timeOf(first, row) <= this.#timespan;
  }

  /** Takes a hit with which the condition holds into the last episode; true when there is more to say than before. */
  #saysMore(row: number, time: number): boolean {
    const { rows } = this.#groups;
    if (time - (rows[row + column.held] ?? never) > this.#timespan) return true;
    const hits = (rows[row + column.episode] ?? 0) + (rows[row + column.since] ?? 0) + 1;
    rows[row + column.episode] = hits;
    rows[row + column.since] = 0;
    rows[row + column.held] = time;
    return hits >= (rows[row + column.growth] ?? 0);
  }

  /** Tells the scout the last window of a group, as if it had come in order. */
  beginAnew({ hits }: Group, row: number): void {
    const { rows } = this.#groups;
    const newest = hits[hits.length - 1];
    this.begin(row);
    if (newest === undefined) {
      rows[row + column.last] = never;
      return;
    }
    rows[row + column.base] = this.#instant.set(newest.time_ns).high;
    const last = this.timeOf(newest, row);
    if (this.#scout === undefined || this.#tell(this.#scout, hits, row, last)) rows[row + column.last] = last;
  }

  #tell(scout: Scout, hits: readonly Signal[], row: number, last: number): boolean {
    let first = hits.length;
    for (let hit = hits[first - 1]; hit !== undefined; hit = hits[first - 1]) {
      if (last - this.timeOf(hit, row) > this.#timespan) break;
      first -= 1;
    }
    let before = never;
    for (let at = first; at < hits.length; at += 1) {
      const hit = hits[at];
      if (hit === undefined) break;
      const time = this.timeOf(hit, row);
      const source = this.#definition.sourceOf(hit);
      const read = scout.read(hit, source);
      const verdict = scout.take(this.#groups.rows, row + scout_column, read, source, time, time === before);
      if (verdict === 'unsure') return false;
      before = time;
    }
    return true;
  }

  /** Notes the last episode, so that hits that only prolong it are told at once. */
  follow({ hits }: Group, row: number, { episodes }: Window): void {
    const { rows } = this.#groups;
    const episode = episodes[episodes.length - 1];
    if (episode === undefined) {
      rows[row + column.held] = never;
      return;
    }
    rows[row + column.held] = this.timeOf(episode.last, row);
    rows[row + column.episode] = episode.hits;
    rows[row + column.growth] = growthOf(episode);
    rows[row + column.since] = hits.length - 1 - placeOf(hits, episode.last);
  }

  /** A time as it stands in a row. */
  timeOf({ time_ns }: Signal, row: number): number {
    return this.#instant.set(time_ns).since(this.#groups.rows[row + column.base] ?? 0);
  }
}
