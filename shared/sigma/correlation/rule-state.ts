import type { Signal } from '#shared/avro/types.generated.ts';
import { type Aggregate, aggregatesOf } from './aggregate.ts';
import { createDeadlines } from './deadlines.ts';
import { type Definition, fieldOf, type Source } from './definition.ts';
import { firingId, firingOf, firingSignature } from './firing.ts';
import { createGroup, type Firing, type Group, insertHit, removeHit, shedHits, timeAt } from './group.ts';
import type { Hit } from './hit.ts';
import { compaction_hits_min, groups_per_rule_max, shed_candidates_max } from './limits.ts';
import type { Shed } from './port.ts';
import { type MoveWindow, settle, type Times, windowMover } from './windows.ts';

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
  readonly #move: MoveWindow;
  readonly #groups = new Map<string, Group>();
  readonly #deadlines = createDeadlines<Group>();
  readonly #touched = new Set<Group>();
  readonly #shed = new Map<Shed['reason'], number>();
  /** Latest event time of the scope when it was last looked at. */
  #latest_ns: bigint | undefined;

  /** @param horizon_ns how much older than the newest signal one may be and still count. */
  constructor(definition: Definition, horizon_ns: bigint) {
    this.definition = definition;
    this.#horizon_ns = horizon_ns + definition.delay_ns;
    this.#create = aggregatesOf(definition);
    this.#move = windowMover(definition, this.#create);
  }

  /** Takes a signal of one of the rule's sources. */
  add(signal: Signal): void {
    const source = this.definition.sources.get(signal.rule.id);
    if (source === undefined) return;
    if (this.#latest_ns !== undefined && signal.time_ns < this.#latest_ns - this.#horizon_ns) {
      this.#count('late', 1);
      return;
    }
    const values = groupValues(signal, source);
    if (values === undefined) {
      this.#count('field_missing', 1);
      return;
    }
    const group = this.#groupOf(values);
    if (!insertHit(group, hitOf(signal, source))) return;
    this.#touched.add(group);
    const dropped = shedHits(group);
    if (dropped > 0) this.#count('group_full', dropped);
  }

  /** Takes back a signal: a firing that was withdrawn or changed. */
  remove(signal: Signal): void {
    const source = this.definition.sources.get(signal.rule.id);
    const values = source && groupValues(signal, source);
    const group = values && this.#groups.get(keyOf(values));
    if (source === undefined || group === undefined) return;
    if (removeHit(group, hitOf(signal, source))) this.#touched.add(group);
  }

  /** Decides what can be decided now that the scope has seen a time; returns what changed since the last call. */
  take(latest_ns: bigint): readonly FiringChange[] {
    this.#latest_ns = latest_ns;
    const times: Times = {
      horizon_ns: latest_ns - this.#horizon_ns,
      decided_ns: latest_ns - this.definition.lateness_ns,
    };
    for (
      let due = this.#deadlines.next(latest_ns);
      due !== undefined;
      due = this.#deadlines.next(latest_ns)
    ) {
      due.due_ns = undefined;
      if (this.#groups.get(due.key) === due) this.#touched.add(due);
    }
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
    const anew = group.stale;
    this.#move(group, times);
    if (anew) this.#sayAll(group, changes);
    else this.#sayNew(group, changes);
    const last_ns = timeAt(group.hits, group.hits.length - 1);
    if (last_ns === undefined || last_ns + this.definition.rule.timespan_ns < times.horizon_ns) {
      this.#groups.delete(group.key);
      return;
    }
    if (group.hits.length > 2 * Math.max(group.compacted_hits, compaction_hits_min)) {
      settle(group, this.definition, this.#create, times);
    }
    this.#schedule(group, last_ns);
  }

  /** After the window moved on: only the last known episode can have changed, and new ones come after it. */
  #sayNew(group: Group, changes: FiringChange[]): void {
    const { episodes, firings } = group;
    for (let index = Math.max(0, firings.length - 1); index < episodes.length; index += 1) {
      const episode = episodes[index];
      const before = firings[index];
      if (episode === undefined || before?.version === episode.version) continue;
      const after = firingOf(this.definition, group, episode);
      firings[index] = { signal: after, signature: firingSignature(episode), version: episode.version };
      changes.push({ before: before?.signal, after });
    }
  }

  /** After the window began anew: any episode can have changed. */
  #sayAll(group: Group, changes: FiringChange[]): void {
    const before = new Map(group.firings.map((firing) => [firing.signal.id, firing]));
    group.firings = group.episodes.map((episode): Firing => {
      const id = firingId(this.definition, group, episode);
      const signature = firingSignature(episode);
      const known = before.get(id);
      before.delete(id);
      if (known?.signature === signature) return { ...known, version: episode.version };
      const signal = firingOf(this.definition, group, episode);
      changes.push({ before: known?.signal, after: signal });
      return { signal, signature, version: episode.version };
    });
    for (const { signal } of before.values()) changes.push({ before: signal, after: undefined });
  }

  /** Has the group looked at when its next window can be decided, or else when nothing of it can matter any more. */
  #schedule(group: Group, last_ns: bigint): void {
    const { final, rule, lateness_ns } = this.definition;
    const undecided_ns = final ? timeAt(group.hits, group.low) : undefined;
    const due_ns =
      undecided_ns === undefined
        ? last_ns + rule.timespan_ns + this.#horizon_ns
        : undecided_ns + rule.timespan_ns + lateness_ns;
    if (group.due_ns !== undefined && group.due_ns <= due_ns) return;
    group.due_ns = due_ns;
    this.#deadlines.set(due_ns, group);
  }

  #groupOf(values: readonly string[]): Group {
    const key = keyOf(values);
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= groups_per_rule_max) this.#shedGroup();
      group = createGroup(key, values, this.#create());
      this.#groups.set(key, group);
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

function hitOf(signal: Signal, source: Source): Hit {
  const value = source.value_fields.length === 0 ? undefined : fieldOf(signal, source.value_fields);
  return { signal, source: source.number, value };
}

/** The group-by values of a signal; undefined when one is missing. */
function groupValues(signal: Signal, source: Source): readonly string[] | undefined {
  const values: string[] = [];
  for (const names of source.group_fields) {
    const value = fieldOf(signal, names);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function keyOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : values.join('\u0000');
}
