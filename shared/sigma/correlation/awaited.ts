import type { Signal } from '#shared/avro/types.generated.ts';
import { createDeadlines } from './deadlines.ts';
import type { Definition } from './definition.ts';
import { column, type GroupStore, never } from './group-store.ts';

/** Knows when the groups of a rule whose windows are decided when they are over have to be looked at next. */
export class Awaited {
  readonly #definition: Definition;
  readonly #groups: GroupStore;
  /** Keys of groups by the time at which their next window can be decided. */
  readonly #deadlines = createDeadlines<string>();

  constructor(definition: Definition, groups: GroupStore) {
    this.#definition = definition;
    this.#groups = groups;
  }

  /** Has a group looked at when the window that begins with its first undecided hit is over; `time` is as in its row. */
  note(row: number, undecided: Signal, time: number): void {
    const { rows } = this.#groups;
    const awaited = rows[row + column.held] ?? never;
    if (awaited !== never && awaited <= time) return;
    rows[row + column.held] = time;
    const { rule, lateness_ns } = this.#definition;
    this.#deadlines.set(undecided.time_ns + rule.timespan_ns + lateness_ns, this.#groups.keyOfRow(row));
  }

  /** Forgets what was noted of a group whose times are counted from elsewhere now. */
  beginAnew(row: number): void {
    this.#groups.rows[row + column.held] = never;
  }

  /** Takes out the next group that is still there and was to be looked at before a time; undefined when there is none. */
  next(before_ns: bigint): number | undefined {
    for (;;) {
      const key = this.#deadlines.next(before_ns);
      if (key === undefined) return undefined;
      const number = this.#groups.keys.numberOf(key);
      if (number < 0) continue;
      this.beginAnew(this.#groups.rowOf(number));
      return number;
    }
  }
}
