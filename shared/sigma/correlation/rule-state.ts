import type { Signal } from '#shared/avro/types.generated.ts';
import { aggregatesOf } from './aggregate.ts';
import { Awaited } from './awaited.ts';
import { createLeases, type Leases } from './deadlines.ts';
import { type Definition, groupKey, type Source } from './definition.ts';
import { type FiringChange, sayAll, sayNew } from './firings.ts';
import { createWindow, type Group, insertHit, removeHit, shedHits, type Window } from './group.ts';
import { column, type GroupState, GroupStore, unsure } from './group-store.ts';
import { exact_ns_max, Instant } from './instant.ts';
import { arrivals_max, compaction_hits_min, type StateLimits } from './limits.ts';
import type { Shed } from './port.ts';
import type { Arrival } from './arrival.ts';
import { scoutOf } from './scout-of.ts';
import { ShedCounts } from './shed-counts.ts';
import { Watch } from './watch.ts';
import type { Aggregate } from './window-aggregate.ts';
import { moveWindow, settle, type Times } from './windows.ts';

/** Leases end in so many steps a lifetime: a group lives at most that much longer than it must. */
const lease_steps = 16;
const earliest_ns = -(2n ** 63n);

/**
 * The running state of one correlation rule within one scope. In the common case a hit is the newest of its group and
 * changes nothing of what fires: then it costs a look-up and a few stores. Otherwise the window of the group is moved,
 * which says what fires.
 */
export class RuleState {
  readonly definition: Definition;
  readonly #horizon_ns: bigint;
  readonly #lifetime_seconds: number;
  readonly #limits: StateLimits;
  readonly #create: () => Aggregate;
  readonly #groups: GroupStore;
  readonly #watch: Watch;
  readonly #awaited: Awaited;
  /** Keys of groups by the time from which on nothing of them can matter. */
  readonly #leases: Leases<string>;
  #arrivals: Arrival[] = [];
  readonly #touched = new Set<Group>();
  readonly #shed = new ShedCounts();
  readonly #instant = new Instant();
  /** Signals older than this come too late. */
  readonly #oldest = new Instant().set(earliest_ns);

  /** @param horizon_ns how much older than the newest signal one may be and still count. */
  constructor(definition: Definition, horizon_ns: bigint, limits: StateLimits) {
    this.definition = definition;
    this.#horizon_ns = horizon_ns + definition.delay_ns;
    this.#lifetime_seconds = Number(definition.rule.timespan_ns + this.#horizon_ns) / 1e9;
    this.#limits = limits;
    this.#create = aggregatesOf(definition);
    const scout = scoutOf(definition);
    this.#groups = new GroupStore(scout?.width ?? 0);
    this.#watch = new Watch(definition, this.#groups, scout);
    this.#awaited = new Awaited(definition, this.#groups);
    this.#leases = createLeases(this.#lifetime_seconds / lease_steps);
  }

  /** Takes a signal of one of the rule's sources; `at` is its time. */
  add(signal: Signal, source: Source, at: Instant): void {
    if (at.isBefore(this.#oldest)) {
      this.#shed.add('late', 1);
      return;
    }
    const key = groupKey(signal, source.group_fields);
    if (key === undefined) {
      this.#shed.add('field_missing', 1);
      return;
    }
    const arrival = { signal, source: source.number, key, number: -1, read: 0 };
    if (this.#arrivals.push(arrival) === arrivals_max) this.#placeArrivals();
  }

  /** Takes back a signal: a firing that was withdrawn or changed. */
  remove(signal: Signal, source: Source): void {
    this.#placeArrivals();
    const key = groupKey(signal, source.group_fields);
    const number = key === undefined ? -1 : this.#groups.keys.numberOf(key);
    if (number < 0) return;
    const group = this.#groups.stir(number);
    if (removeHit(group, signal)) this.#disturb(group);
  }

  /** Decides what can be decided now that the scope has seen a time; returns what changed since the last call. */
  take(latest_ns: bigint): readonly FiringChange[] {
    this.#placeArrivals();
    const horizon_ns = latest_ns - this.#horizon_ns;
    this.#oldest.set(horizon_ns > earliest_ns ? horizon_ns : earliest_ns);
    const times: Times = { horizon_ns, decided_ns: latest_ns - this.definition.lateness_ns };
    for (let due = this.#awaited.next(latest_ns); due !== undefined; due = this.#awaited.next(latest_ns)) {
      this.#touched.add(this.#groups.stir(due));
    }
    for (const key of this.#leases.ended(this.#instant.set(latest_ns).seconds)) this.#endLease(key, times);
    const changes: FiringChange[] = [];
    for (const { number } of this.#touched) this.#update(this.#groups.stir(number), times, changes);
    this.#touched.clear();
    return changes;
  }

  /** What was left out since the last call. */
  takeShed(): readonly Shed[] {
    return this.#shed.take(this.definition.rule.id);
  }

  /** Its groups, for checkpoints. What was touched must have been taken. */
  save(): Iterable<GroupState> {
    return this.#groups.states();
  }

  /** Takes saved groups into an empty state; what they say was said before. */
  restore(groups: readonly GroupState[], latest_ns: bigint): void {
    for (const state of groups) {
      const [first] = state.hits;
      if (first === undefined || this.#groups.keys.numberOf(state.key) >= 0) continue;
      const number = this.#groups.keys.numberOrOpen(state.key);
      const arrivalOf = (signal: Signal): Arrival => {
        const source = this.definition.sourceOf(signal);
        return { signal, source, key: state.key, number, read: this.#watch.read(signal, source) };
      };
      this.#open(arrivalOf(first));
      if (state.settled_ns === undefined) {
        for (const hit of state.hits) this.#place(arrivalOf(hit));
      } else this.#restoreStirred(number, state);
    }
    this.take(latest_ns);
    // It was said before, as what the groups say.
    this.takeShed();
  }

  #restoreStirred(number: number, { hits, settled, settled_ns }: GroupState): void {
    const group = this.#groups.stir(number);
    for (const hit of hits) group.hits.push(hit);
    group.window = { ...createWindow(this.#create()), settled, settled_ns, stale: true };
    this.#disturb(group);
  }

  /** Puts what arrived into its groups. Everything is looked up first: so it is fetched from memory side by side. */
  #placeArrivals(): void {
    const arrivals = this.#arrivals;
    const last = arrivals.at(-1);
    if (last === undefined) return;
    this.#arrivals = [];
    this.#groups.keys.numberAll(arrivals, (arrival) => this.#open(arrival));
    this.#groups.fetch(arrivals);
    for (const arrival of arrivals) arrival.read = this.#watch.read(arrival.signal, arrival.source);
    for (const arrival of arrivals) this.#place(arrival);
    this.#keepBounds(last.number);
  }

  /** Puts a signal where it belongs in its group. */
  #place({ signal, source, number, read }: Arrival): void {
    const { rows } = this.#groups;
    const row = this.#groups.rowOf(number);
    const time = this.#watch.timeOf(signal, row);
    const last = rows[row + column.last] ?? unsure;
    const isAfter = time > last || (time === last && isSmaller(this.#groups.newestOf(number), signal));
    if (!isAfter || time > exact_ns_max || this.#isDecided(number, signal)) {
      this.#insert(number, signal);
      return;
    }
    this.#groups.append(row, signal, time);
    if (this.#canMatter(number, row, signal, source, read, time, time === last)) {
      this.#touched.add(this.#groups.stir(number));
    }
  }

  /** Whether a window that would hold a signal was decided without it. */
  #isDecided(number: number, { time_ns }: Signal): boolean {
    if (!this.definition.final) return false;
    const passed_ns = this.#groups.stirred(number)?.window?.passed_ns;
    return passed_ns !== undefined && time_ns <= passed_ns;
  }

  /** Puts a hit into a group in which it is not the newest. */
  #insert(number: number, signal: Signal): void {
    if (this.#groups.quietHolds(number, signal)) return;
    const group = this.#groups.stir(number);
    if (insertHit(group, signal) !== undefined) this.#disturb(group);
  }

  /** After hits came or went elsewhere than at the end. */
  #disturb(group: Group): void {
    this.#groups.relist(group);
    this.#touched.add(group);
  }

  /** False when the newest hit of a group changes nothing of what fires. */
  #canMatter(
    number: number,
    row: number,
    signal: Signal,
    source: number,
    read: number,
    time: number,
    same_time: boolean,
  ): boolean {
    const { rows } = this.#groups;
    if ((rows[row + column.hits] ?? 0) > (rows[row + column.look] ?? 0)) {
      rows[row + column.last] = unsure;
      return true;
    }
    if (this.definition.final) {
      this.#awaited.note(row, signal, time);
      return false;
    }
    return this.#watch.take(number, row, read, source, time, same_time);
  }

  #update(group: Group, times: Times, changes: FiringChange[]): void {
    const { rows } = this.#groups;
    const row = this.#groups.rowOf(group.number);
    const window = (group.window ??= createWindow(this.#create()));
    const anew = window.stale;
    moveWindow(group.hits, window, this.definition, this.#create, times);
    if (anew) sayAll(this.definition, group, window, changes);
    else sayNew(this.definition, group, window, changes);
    if (group.hits.length > (rows[row + column.look] ?? 0)) this.#shorten(group, row, window, times);
    const isUnsure = rows[row + column.last] === unsure;
    if (isUnsure) this.#watch.beginAnew(group, row);
    if (!this.definition.final) {
      this.#watch.follow(group, row, window);
      return;
    }
    if (isUnsure) this.#awaited.beginAnew(row);
    const undecided = group.hits[window.low];
    if (undecided !== undefined) this.#awaited.note(row, undecided, this.#watch.timeOf(undecided, row));
  }

  /** Lets go of what can no longer matter, and of the oldest hits when that is not enough. */
  #shorten(group: Group, row: number, window: Window, times: Times): void {
    settle(group, window, this.definition, this.#create, times);
    const dropped = shedHits(group, this.#limits.hits_per_group_max);
    if (dropped > 0) this.#shed.add('group_full', dropped);
    this.#groups.relist(group);
    this.#groups.rows[row + column.look] = this.#lookAt(window.compacted_hits);
  }

  #lookAt(compacted_hits: number): number {
    return Math.min(2 * Math.max(compacted_hits, compaction_hits_min), this.#limits.hits_per_group_max);
  }

  /** Begins a group with its first signal. */
  #open({ number, key, signal }: Arrival): void {
    const at = this.#instant.set(signal.time_ns);
    this.#groups.open(number, at, this.#lookAt(0));
    this.#watch.begin(this.#groups.rowOf(number));
    this.#leases.set(at.seconds + this.#lifetime_seconds, key);
  }

  #close(number: number): void {
    const group = this.#groups.stirred(number);
    if (group !== undefined) this.#touched.delete(group);
    this.#groups.close(number);
  }

  /** Lets go of a group whose hits are all too old for any window, or looks again later. */
  #endLease(key: string, { horizon_ns }: Times): void {
    const number = this.#groups.keys.numberOf(key);
    if (number < 0) return;
    const group = this.#groups.stirred(number);
    const { timespan_ns } = this.definition.rule;
    const last_ns = this.#groups.newestOf(number)?.time_ns ?? horizon_ns - timespan_ns - 1n;
    const isTouched = group !== undefined && this.#touched.has(group);
    if (!isTouched && last_ns + timespan_ns < horizon_ns) this.#close(number);
    else this.#leases.set(this.#instant.set(last_ns).seconds + this.#lifetime_seconds, key);
  }

  /** Sheds groups while there is too much; the one that was just added to stays. */
  #keepBounds(number: number): void {
    const { groups_per_rule_max, hits_per_rule_max } = this.#limits;
    const groups = this.#groups;
    while (groups.keys.size > 1) {
      const reason = groups.keys.size > groups_per_rule_max ? 'too_many_groups' : 'too_many_signals';
      if (reason === 'too_many_signals' && groups.hits <= hits_per_rule_max) return;
      const least = groups.leastOf(number);
      this.#shed.add(reason, groups.rows[groups.rowOf(least) + column.hits] ?? 0);
      this.#close(least);
    }
  }
}

function isSmaller(newest: Signal | undefined, { id }: Signal): boolean {
  return newest !== undefined && newest.id < id;
}
