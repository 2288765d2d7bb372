import type { Signal } from '#shared/avro/types.generated.ts';
import type { RuleSet } from '../set/rule-set.ts';
import { compareText } from '../set/rule-set.ts';
import { type Definition, definitionsOf } from './definition.ts';
import { horizon_ns_default } from './limits.ts';
import type { Correlations, FiringChanges, Shed } from './port.ts';
import { type FiringChange, RuleState } from './rule-state.ts';

export interface CorrelationOptions {
  /** How much older than the newest signal of its scope a signal may be and still count, in ns. */
  readonly horizon_ns?: bigint | undefined;
}

/**
 * Runs the correlation rules of a set over signals. What stands is a function of the set of signals, as long as none
 * comes later than the horizon; what comes later is named in `shed`. Time is event time: absence is decided when newer
 * signals of the same scope show that the window is over.
 */
export function createCorrelations(set: RuleSet, options: CorrelationOptions = {}): Correlations {
  const definitions = definitionsOf(set);
  const horizon_ns = options.horizon_ns ?? horizon_ns_default;
  const scopes = new Map<string, ScopeState>();
  return {
    add(signals) {
      const changed = new Map<string, FiringChange>();
      const shed: Shed[] = [];
      for (const [scope, ofScope] of byScope(signals)) {
        let state = scopes.get(scope);
        if (state === undefined) scopes.set(scope, (state = new ScopeState(definitions, horizon_ns)));
        state.add(ofScope, changed, shed);
      }
      return changesOf([...changed.values()], shed);
    },
  };
}

function byScope(signals: readonly Signal[]): ReadonlyMap<string, readonly Signal[]> {
  const [first] = signals;
  if (first === undefined) return new Map();
  // Most batches are of one scope.
  if (signals.every(({ scope }) => scope === first.scope)) return new Map([[first.scope, signals]]);
  return Map.groupBy(signals, ({ scope }) => scope);
}

function changesOf(changes: readonly FiringChange[], shed: readonly Shed[]): FiringChanges {
  const fired = changes.flatMap(({ after }) => after ?? []).sort((a, b) => compareText(a.id, b.id));
  const withdrawn = changes.flatMap(({ before, after }) => (after === undefined && before ? before.id : []));
  return { fired, withdrawn: withdrawn.sort(compareText), ...(shed.length === 0 ? {} : { shed }) };
}

/** The rules of one scope, those that others build on first. */
class ScopeState {
  readonly #states: readonly RuleState[];
  /** By id of a rule: the correlations that take its signals. */
  readonly #interested: ReadonlyMap<string, readonly RuleState[]>;
  #latest_ns: bigint | undefined;

  constructor(definitions: readonly Definition[], horizon_ns: bigint) {
    this.#states = definitions.map((definition) => new RuleState(definition, horizon_ns));
    const interested = new Map<string, RuleState[]>();
    for (const state of this.#states) {
      for (const id of state.definition.sources.keys())
        interested.set(id, [...(interested.get(id) ?? []), state]);
    }
    this.#interested = interested;
  }

  add(signals: readonly Signal[], changed: Map<string, FiringChange>, shed: Shed[]): void {
    for (const signal of signals) {
      if (this.#latest_ns === undefined || signal.time_ns > this.#latest_ns) this.#latest_ns = signal.time_ns;
      for (const state of this.#interested.get(signal.rule.id) ?? none) state.add(signal);
    }
    if (this.#latest_ns === undefined) return;
    for (const state of this.#states) {
      for (const change of state.take(this.#latest_ns)) this.#pass(change, changed);
      shed.push(...state.takeShed());
    }
  }

  /** Hands a firing on to the correlations that build on it, and to the outside. */
  #pass(change: FiringChange, changed: Map<string, FiringChange>): void {
    const { before, after } = change;
    for (const outer of this.#interested.get((after ?? before)?.rule.id ?? '') ?? none) {
      if (before !== undefined) outer.remove(before);
      if (after !== undefined) outer.add(after);
    }
    const id = (after ?? before)?.id;
    if (id !== undefined) changed.set(id, change);
  }
}

const none: readonly RuleState[] = [];
