import type { Signal } from '#shared/avro/types.generated.ts';

/** The order of signals: by time, then by id, so that it is one order whatever the arrival. */
export function compareSignals(a: Signal, b: Signal): number {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** Where a signal is, or would be, in sorted signals. */
export function placeOf(signals: readonly Signal[], signal: Signal): number {
  const last = signals[signals.length - 1];
  if (last === undefined || compareSignals(last, signal) < 0) return signals.length;
  let low = 0;
  let high = signals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = signals[middle];
    if (other !== undefined && compareSignals(other, signal) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What makes two signals the same thing that happened: firings stand for themselves, others for their event. */
export function happeningOf({ id, rule, event }: Signal): string {
  return rule.origin === 'correlation' ? id : event.id;
}
