import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import type { Correlations, FiringChanges } from '#shared/sigma/correlation/port.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { defaultParameters, type Parameters } from './core/parameters.ts';
import { Correlator, type CorrelatorPorts } from './correlator.ts';
import type { ShardOptions } from './shard.ts';

export interface CorrelatorOptions extends CorrelatorPorts {
  /** Its correlation rules run over signals. */
  readonly rules: RuleSet;
  /** Is shown what its correlation rules find. */
  readonly onFirings?: ((changes: FiringChanges) => void) | undefined;
  /** For tests; the defaults are what is documented. */
  readonly parameters?: Parameters | undefined;
}

/** Joins signals, facts and decisions into incidents: one writer a scope, as a fold whose result no order changes. */
export function createCorrelatorService(options: CorrelatorOptions): Correlator {
  const { rules, onFirings, parameters = defaultParameters } = options;
  const horizon_ns = BigInt(parameters.horizon.lateness_ms) * 1_000_000n;
  // Not only as far as these rules look: the next ones may look further.
  const longest_ns = rules.correlations.reduce(
    (longest, { timespan_ns }) => (timespan_ns > longest ? timespan_ns : longest),
    horizon_ns,
  );
  const shardOptions: Omit<ShardOptions, 'partition'> = {
    parameters,
    // One horizon for all: a signal that the fold still takes, the correlation rules take too.
    correlations: () => watched(createCorrelations(rules, { horizon_ns }), onFirings),
    recall_ms: Number((longest_ns + horizon_ns) / 1_000_000n),
  };
  return new Correlator(options, shardOptions);
}

function watched(
  correlations: Correlations,
  onFirings: ((changes: FiringChanges) => void) | undefined,
): Correlations {
  if (onFirings === undefined) return correlations;
  return {
    ...correlations,
    add(signals, ceiling_ns) {
      const changes = correlations.add(signals, ceiling_ns);
      onFirings(changes);
      return changes;
    },
  };
}
