import type { Signal } from '#shared/avro/types.generated.ts';
import { type Aggregate, aggregatesOf } from './aggregate.ts';
import { createDeadlines, createLeases, type Leases } from './deadlines.ts';
import type { Definition } from './definition.ts';
import { type Episode, partsOf, statedHits } from './episode.ts';
import { firingId, firingOf } from './firing.ts';
import {
  createGroup,
  createWindow,
  type Firing,
  type Group,
  insertHit,
  removeHit,
  shedHits,
  type Window,
} from './group.ts';
import { compaction_hits_min, groups_per_rule_max, shed_candidates_max } from './limits.ts';
import type { Shed } from './port.ts';
import { moveWindow, settle, type Times } from './windows.ts';

/** Leases end in so many steps a lifetime: a group lives at most that much longer than it must. */
const lease_steps = 16n;

/** A firing that came (`before` undefined), changed, or went (`after` undefined). */
export interface FiringChange {
  readonly before: Signal | undefined;
  readonly after: Signal | undefined;
}

/** The running state of one correlation rule within one scope. */
export class RuleState {
  readonly definition: Definition;
  readonly #horizon_ns: bigint;
  readonly #create: () => Aggregate;
  readonly #groups = new Map<string, Group>();
  /** Groups by the time at which their next window can be decided, where windows are decided when they are over. */
  readonly #deadlines = createDeadlines<Group>();
  /** Groups by the time from which on nothing of them can matter. */
  readonly #leases: Leases<Group>;
  readonly #touched = new Set<Group>();
  readonly #shed = new Map<Shed['reason'], number>();
  /** Signals older than this come too late. */
  #oldest_ns: bigint | undefined;

  /** @param horizon_ns how much older than the newest signal one may be and still count. */
  constructor(definition: Definition, horizon_ns: bigint) {
    this.definition = definition;
    this.#horizon_ns = horizon_ns + definition.delay_ns;
    this.#create = aggregatesOf(definition);
    this.#leases = createLeases((definition.rule.timespan_ns + this.#horizon_ns) / lease_steps);
  }

  /** Takes a signal of one of the rule's sources. */
  add(signal: Signal): void {
    if (this.#oldest_ns !== undefined && signal.time_ns < this.#oldest_ns) {
      this.#count('late', 1);
      return;
    }
    const key = this.definition.groupKeyOf(signal);
    if (key === undefined) {
      this.#count('field_missing', 1);
      return;
    }
    const group = this.#groupOf(key, signal.time_ns);
    const place = insertHit(group, signal);
    if (place === undefined) return;
    if (this.#canMatter(group.hits, place)) this.#touched.add(group);
    const dropped = shedHits(group);
    if (dropped > 0) this.#count('group_full', dropped);
  }

  /**
   * False when the newest hit cannot have changed anything: the fewest hits with which a window could fulfil the
   * condition do not fit into a timespan that ends with it.
   */
  #canMatter(hits: readonly Signal[], place: number): boolean {
    const { final, hits_min, rule } = this.definition;
    if (final || place !== hits.length - 1) return true;
    const [first, last] = [hits[hits.length - hits_min], hits[place]];
    return first !== undefined && last !== undefined && last.time_ns - first.time_ns <= rule.timespan_ns;
  }

  /** Takes back a signal: a firing that was withdrawn or changed. */
  remove(signal: Signal): void {
    const key = this.definition.groupKeyOf(signal);
    const group = key === undefined ? undefined : this.#groups.get(key);
    if (group !== undefined && removeHit(group, signal)) this.#touched.add(group);
  }

  /** Decides what can be decided now that the scope has seen a time; returns what changed since the last call. */
  take(latest_ns: bigint): readonly FiringChange[] {
    this.#oldest_ns = latest_ns - this.#horizon_ns;
    const times: Times = {
      horizon_ns: this.#oldest_ns,
      decided_ns: latest_ns - this.definition.lateness_ns,
    };
    for (;;) {
      const due = this.#deadlines.next(latest_ns);
      if (due === undefined) break;
      due.due_ns = undefined;
      if (this.#groups.get(due.key) === due) this.#touched.add(due);
    }
    for (const group of this.#leases.ended(latest_ns)) this.#endLease(group, times);
    const changes: FiringChange[] = [];
    for (const group of this.#touched) this.#update(group, times, changes);
    this.#touched.clear();
    return changes;
  }

  /** What was left out since the last call. */
  takeShed(): readonly Shed[] {
    if (this.#shed.size === 0) return [];
    const rule_id = this.definition.rule.id;
    const shed = [...this.#shed].map(([reason, signals]) => ({ rule_id, reason, signals }));
    this.#shed.clear();
    return shed;
  }

  #update(group: Group, times: Times, changes: FiringChange[]): void {
    group.window ??= createWindow(this.#create());
    this.#move(group, group.window, times, changes);
    if (this.definition.final) this.#awaitDecision(group, group.window);
  }

  #move(group: Group, window: Window, times: Times, changes: FiringChange[]): void {
    const anew = window.stale;
    moveWindow(group.hits, window, this.definition, this.#create, times);
    if (anew) this.#sayAll(group, window, changes);
    else this.#sayNew(group, window, changes);
    if (group.hits.length > 2 * Math.max(window.compacted_hits, compaction_hits_min)) {
      settle(group, window, this.definition, this.#create, times);
    }
  }

  /** After the window moved on: only the last known episode can have changed, and new ones come after it. */
  #sayNew(group: Group, { episodes, firings }: Window, changes: FiringChange[]): void {
    for (let index = Math.max(0, firings.length - 1); index < episodes.length; index += 1) {
      const episode = episodes[index];
      const before = firings[index];
      if (episode === undefined || (before !== undefined && before.hits === statedHits(episode))) continue;
      const id = before?.signal.id ?? firingId(this.definition, group, episode);
      const after = this.#fire(id, episode);
      firings[index] = after;
      changes.push({ before: before?.signal, after: after.signal });
    }
  }

  /** After the window began anew: any episode can have changed. */
  #sayAll(group: Group, window: Window, changes: FiringChange[]): void {
    const before = new Map(window.firings.map((firing) => [firing.signal.id, firing]));
    window.firings = window.episodes.map((episode): Firing => {
      const id = firingId(this.definition, group, episode);
      const known = before.get(id);
      before.delete(id);
      if (known !== undefined && saysTheSame(known, episode)) return known;
      const after = this.#fire(id, episode);
      changes.push({ before: known?.signal, after: after.signal });
      return after;
    });
    for (const { signal } of before.values()) changes.push({ before: signal, after: undefined });
  }

  #fire(id: string, episode: Episode): Firing {
    const parts = partsOf(episode);
    const hits = statedHits(episode);
    return { signal: firingOf(id, this.definition, episode, parts, hits), parts, hits };
  }

  #awaitDecision(group: Group, { low }: Window): void {
    const undecided_ns = group.hits[low]?.time_ns;
    if (undecided_ns === undefined) return;
    const due_ns = undecided_ns + this.definition.rule.timespan_ns + this.definition.lateness_ns;
    if (group.due_ns !== undefined && group.due_ns <= due_ns) return;
    group.due_ns = due_ns;
    this.#deadlines.set(due_ns, group);
  }

  /** Lets go of a group whose hits are all too old for any window, or looks again later. */
  #endLease(group: Group, { horizon_ns }: Times): void {
    if (this.#groups.get(group.key) !== group) return;
    const last_ns = group.hits[group.hits.length - 1]?.time_ns;
    if (last_ns !== undefined && last_ns + this.definition.rule.timespan_ns >= horizon_ns)
      this.#lease(group, last_ns);
    else if (!this.#touched.has(group)) this.#groups.delete(group.key);
  }

  #lease(group: Group, last_ns: bigint): void {
    this.#leases.set(last_ns + this.definition.rule.timespan_ns + this.#horizon_ns, group);
  }

  #groupOf(key: string, time_ns: bigint): Group {
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= groups_per_rule_max) this.#shedGroup();
      group = createGroup(key);
      this.#groups.set(key, group);
      this.#lease(group, time_ns);
    }
    return group;
  }

  /** Lets go of a group that has come least far, of a few that are long there. */
  #shedGroup(): void {
    let least: Group | undefined;
    let looked_at = 0;
    for (const group of this.#groups.values()) {
      if (least === undefined || group.hits.length < least.hits.length) least = group;
      looked_at += 1;
      if (looked_at >= shed_candidates_max) break;
    }
    if (least === undefined) return;
    this.#groups.delete(least.key);
    this.#touched.delete(least);
    this.#count('too_many_groups', least.hits.length);
  }

  #count(reason: Shed['reason'], signals: number): void {
    this.#shed.set(reason, (this.#shed.get(reason) ?? 0) + signals);
  }
}

/** Whether a firing already says what it would say of an episode. Signals are compared as such: a changed one is another. */
function saysTheSame({ parts, hits, signal }: Firing, episode: Episode): boolean {
  if (hits !== statedHits(episode) || signal.event.id !== episode.completion.event.id) return false;
  const now = partsOf(episode);
  return now.length === parts.length && now.every((part, index) => part === parts[index]);
}
