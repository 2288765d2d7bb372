import type { Signal } from '#shared/avro/types.generated.ts';
import type { Definition, Source } from './definition.ts';
import type { FiringChange } from './firings.ts';
import { Instant } from './instant.ts';
import type { StateLimits } from './limits.ts';
import { compareSignals } from './order-of-signals.ts';
import type { Shed } from './port.ts';
import { RuleState } from './rule-state.ts';
import type { SavedRule } from './saved.ts';

/** A correlation that takes the signals of a rule. */
interface Interest {
  readonly state: RuleState;
  readonly source: Source;
}

const none: readonly Interest[] = [];

/** The rules of one scope, those that others build on first. */
export class ScopeState {
  readonly #states: readonly RuleState[];
  /** By id of a rule. */
  readonly #interested = new Map<string, Interest[]>();
  readonly #instant = new Instant();
  /** The rule of the last signal, and who is interested in it: many come from the same. */
  #rule_id: string | undefined;
  #ofRule: readonly Interest[] = none;
  #latest_ns: bigint | undefined;

  constructor(definitions: readonly Definition[], horizon_ns: bigint, limits: StateLimits) {
    this.#states = definitions.map((definition) => new RuleState(definition, horizon_ns, limits));
    for (const state of this.#states) {
      for (const [id, source] of state.definition.sources) {
        const interested = this.#interested.get(id);
        if (interested === undefined) this.#interested.set(id, [{ state, source }]);
        else interested.push({ state, source });
      }
    }
  }

  add(
    signals: readonly Signal[],
    ceiling_ns: bigint | undefined,
    changed: Map<string, FiringChange>,
    shed: Shed[],
  ): void {
    // In order, what comes is mostly the newest of its group: that is the cheap case.
    const sorted = inOrder(signals);
    for (const signal of sorted) this.#take(signal);
    this.#advance(sorted, ceiling_ns);
    if (this.#latest_ns === undefined) return;
    for (const state of this.#states) {
      for (const change of state.take(this.#latest_ns)) this.#pass(change, changed);
      shed.push(...state.takeShed());
    }
  }

  /** The latest time seen; undefined when nothing was seen that says something about time. */
  get latest_ns(): bigint | undefined {
    return this.#latest_ns;
  }

  save(): readonly SavedRule[] {
    return this.#states.map((state) => ({ rule_id: state.definition.rule.id, groups: [...state.save()] }));
  }

  restore(rules: readonly SavedRule[], latest_ns: bigint): void {
    this.#latest_ns = latest_ns;
    for (const { rule_id, groups } of rules) {
      this.#states.find(({ definition }) => definition.rule.id === rule_id)?.restore(groups, latest_ns);
    }
  }

  #take(signal: Signal): void {
    const { id } = signal.rule;
    if (id !== this.#rule_id) {
      this.#rule_id = id;
      this.#ofRule = this.#interested.get(id) ?? none;
    }
    if (this.#ofRule.length === 0) return;
    this.#instant.set(signal.time_ns);
    for (const { state, source } of this.#ofRule) state.add(signal, source, this.#instant);
  }

  /** The latest of some times in order that can be true moves the time of the scope. */
  #advance(sorted: readonly Signal[], ceiling_ns: bigint | undefined): void {
    for (let at = sorted.length - 1; at >= 0; at -= 1) {
      const time_ns = sorted[at]?.time_ns;
      if (time_ns === undefined || (ceiling_ns !== undefined && time_ns > ceiling_ns)) continue;
      if (this.#latest_ns === undefined || time_ns > this.#latest_ns) this.#latest_ns = time_ns;
      return;
    }
  }

  /** Hands a firing on to the correlations that build on it, and to the outside. */
  #pass(change: FiringChange, changed: Map<string, FiringChange>): void {
    const { before, after } = change;
    for (const { state, source } of this.#interested.get((after ?? before)?.rule.id ?? '') ?? none) {
      if (before !== undefined) state.remove(before, source);
      if (after !== undefined) state.add(after, source, this.#instant.set(after.time_ns));
    }
    const id = (after ?? before)?.id;
    if (id !== undefined) changed.set(id, change);
  }
}

function inOrder(signals: readonly Signal[]): readonly Signal[] {
  let before: Signal | undefined;
  for (const signal of signals) {
    if (before !== undefined && compareSignals(before, signal) > 0) return signals.toSorted(compareSignals);
    before = signal;
  }
  return signals;
}
