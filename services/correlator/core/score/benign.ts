import type { Signal } from '#shared/avro/types.generated.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import { toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';

/** Signal field that says what the baseline thinks: `inside` or `outside`; absent: the baseline does not know. */
export const baselineField = 'breakwater.baseline';
/** Signal field that names the approved change which the session belongs to. */
export const changeField = 'breakwater.change';

export function isOutsideBaseline(signal: Signal): boolean {
  return signal.fields[baselineField] === 'outside';
}

/**
 * Signals that are known to be benign: inside the baseline, or covered by an approved change. A change covers what its
 * session does and what it causes: what runs in the container or pod that it acted on, for a while.
 */
export function benignAmong(signals: readonly Live[], parameters: Parameters): ReadonlySet<string> {
  const benign = new Set<string>();
  const approved = signals.filter(({ signal }) => (signal.fields[changeField] ?? '') !== '');
  for (const live of signals) {
    if (
      live.signal.fields[baselineField] === 'inside' ||
      approved.some((by) => isCovered(live, by, parameters))
    )
      benign.add(live.id);
  }
  return benign;
}

function isCovered(live: Live, by: Live, { skew_ms, score }: Parameters): boolean {
  if (live.id === by.id) return true;
  const after_ns = live.time_ns - by.time_ns;
  const within = after_ns >= -toNs(skew_ms) && after_ns <= toNs(score.change_reach_ms);
  for (const [entity, { replaced }] of live.actors) {
    if (replaced) continue;
    const kind = kindOf(entity);
    if (kind === 'session' && by.actors.has(entity)) return true;
    const inside = kind === 'process' || kind === 'container' || kind === 'pod' || kind === 'pod_name';
    if (inside && within && by.targets.has(entity)) return true;
  }
  return false;
}
