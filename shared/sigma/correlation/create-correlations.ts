import type { Signal } from '#shared/avro/types.generated.ts';
import type { RuleSet } from '../set/rule-set.ts';
import { compareText } from '../set/rule-set.ts';
import { definitionsOf } from './definition.ts';
import type { FiringChange } from './firings.ts';
import { horizon_ns_default, type StateLimits, stateLimits } from './limits.ts';
import type { Correlations, FiringChanges, Shed } from './port.ts';
import { decodeSaved, encodeSaved, fingerprintOf } from './saved.ts';
import { ScopeState } from './scope-state.ts';

export interface CorrelationOptions {
  /** How much older than the newest signal of its scope a signal may be and still count, in ns. */
  readonly horizon_ns?: bigint | undefined;
  /** Smaller bounds of state, for tests. */
  readonly limits?: StateLimits | undefined;
}

/**
 * Runs the correlation rules of a set over signals. What stands is a function of the set of signals, as long as none
 * comes later than the horizon; what comes later is named in `shed`. Time is event time: absence is decided when newer
 * signals of the same scope show that the window is over.
 */
export function createCorrelations(set: RuleSet, options: CorrelationOptions = {}): Correlations {
  const { horizon_ns = horizon_ns_default, limits = stateLimits } = options;
  const definitions = definitionsOf(set);
  const fingerprint = fingerprintOf(set, definitions, horizon_ns);
  const scopes = new Map<string, ScopeState>();
  const stateOf = (scope: string): ScopeState => {
    let state = scopes.get(scope);
    if (state === undefined) scopes.set(scope, (state = new ScopeState(definitions, horizon_ns, limits)));
    return state;
  };
  return {
    add(signals, ceiling_ns) {
      const changed = new Map<string, FiringChange>();
      const shed: Shed[] = [];
      for (const [scope, ofScope] of byScope(signals)) stateOf(scope).add(ofScope, ceiling_ns, changed, shed);
      return changesOf([...changed.values()], shed);
    },
    save(numberOf) {
      const saved = [...scopes].flatMap(([scope, state]) =>
        state.latest_ns === undefined ? [] : [{ scope, latest_ns: state.latest_ns, rules: state.save() }],
      );
      return encodeSaved(fingerprint, saved, numberOf);
    },
    restore(text, signals) {
      const saved = decodeSaved(text, fingerprint, signals);
      if (saved === undefined) return false;
      for (const { scope, rules, latest_ns } of saved) stateOf(scope).restore(rules, latest_ns);
      return true;
    },
  };
}

function byScope(signals: readonly Signal[]): ReadonlyMap<string, readonly Signal[]> {
  const [first] = signals;
  if (first === undefined) return new Map();
  // Most batches are of one scope.
  for (const { scope } of signals) {
    if (scope !== first.scope) return Map.groupBy(signals, (signal) => signal.scope);
  }
  return new Map([[first.scope, signals]]);
}

function changesOf(changes: readonly FiringChange[], shed: readonly Shed[]): FiringChanges {
  const fired = changes.flatMap(({ after }) => after ?? []).sort((a, b) => compareText(a.id, b.id));
  const withdrawn = changes.flatMap(({ before, after }) => (after === undefined && before ? before.id : []));
  const parts = new Map(
    changes.flatMap((change) => (change.after === undefined ? [] : [[change.after.id, change.parts]])),
  );
  return { fired, parts, withdrawn: withdrawn.sort(compareText), ...(shed.length === 0 ? {} : { shed }) };
}
