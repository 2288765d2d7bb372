import type { Level, SignalClass } from '#shared/avro/types.generated.ts';

/** Score of a signal by the level of its rule, where the rule says nothing. */
export const scoreOfLevel: Readonly<Record<Level, number>> = {
  informational: 5,
  low: 20,
  medium: 45,
  high: 70,
  critical: 95,
};

/** Informational and low signals join an incident but never hold one together. */
export const classOfLevel: Readonly<Record<Level, SignalClass>> = {
  informational: 'attach',
  low: 'attach',
  medium: 'bridge',
  high: 'bridge',
  critical: 'bridge',
};
