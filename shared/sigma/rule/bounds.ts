import type { Position, Report } from '../problem.ts';
import { hits_per_group_max } from '../correlation/limits.ts';
import type { Bound, CorrelationType } from './model.ts';

/** Whether a number fulfils one comparison. */
export function holds(bound: Bound, value: number): boolean {
  switch (bound.operator) {
    case 'gt':
      return value > bound.value;
    case 'gte':
      return value >= bound.value;
    case 'lt':
      return value < bound.value;
    case 'lte':
      return value <= bound.value;
    case 'eq':
      return value === bound.value;
    case 'neq':
      return value !== bound.value;
  }
}

/** Whole numbers that a correlation can come to, both ends included. */
interface Counts {
  readonly least: number;
  readonly most: number;
  /** What it is that counts so far, and no further. */
  readonly reason: string;
}

/**
 * What a correlation can come to; undefined where it computes with values, which may be any. A window begins with a
 * signal, so that no count of signals or rules is 0: that nothing at all happened is not noticed.
 */
function countsOf(type: CorrelationType, rules: number): Counts | undefined {
  switch (type) {
    case 'event_count':
      return {
        least: 1,
        most: hits_per_group_max,
        reason: `it counts from 1 (only a signal opens a window) to ${hits_per_group_max} (so many are kept of a group)`,
      };
    case 'value_count':
      return {
        least: 0,
        most: hits_per_group_max,
        reason: `it counts from 0 to ${hits_per_group_max} (so many signals are kept of a group)`,
      };
    case 'temporal':
    case 'temporal_ordered':
      return { least: 1, most: rules, reason: `it counts rules that matched, from 1 to ${rules}` };
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return undefined;
  }
}

/** Reports comparisons that nothing fulfils, and such that everything does. */
export function checkBounds(
  bounds: readonly Bound[],
  type: CorrelationType,
  rules: number,
  at: Position,
  report: Report,
): void {
  if (bounds.length === 0) return;
  const within = (value: number): boolean => bounds.every((bound) => holds(bound, value));
  const counts = countsOf(type, rules);
  if (counts === undefined) {
    if (!numbersAround(bounds).some(within))
      report.add('correlation-condition', at, 'no number fulfils all comparisons');
    return;
  }
  const { least, most, reason } = counts;
  // Between the numbers of the comparisons nothing changes.
  const reachable = [least, most, ...numbersAround(bounds)].filter(
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );
  if (!reachable.some(within)) report.add('correlation-condition', at, `it can never hold: ${reason}`);
  else if (reachable.every(within))
    report.add('correlation-always', at, `every signal fulfils it: ${reason}`);
}

/** The numbers of comparisons, their neighbours, and what lies between them. */
function numbersAround(bounds: readonly Bound[]): readonly number[] {
  const values = bounds.map(({ value }) => value);
  const near = values.flatMap((value) => [value - 1, value, value + 1, Math.floor(value), Math.ceil(value)]);
  return [...near, ...values.flatMap((a) => values.map((b) => (a + b) / 2))];
}
