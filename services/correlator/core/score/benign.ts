import { kindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import { toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';

/**
 * Signals that are known to be benign, because an approved change covers them: what a decision names, and what that causes,
 * which is what its session does and, for a while, what runs in the container or pod that it acted on.
 */
export function benignAmong(signals: readonly Live[], parameters: Parameters): ReadonlySet<string> {
  const approved = signals.filter(({ approved_by }) => approved_by !== undefined);
  if (approved.length === 0) return none;
  const benign = signals.filter((live) => approved.some((by) => isCovered(live, by, parameters)));
  return new Set(benign.map(({ id }) => id));
}

const none: ReadonlySet<string> = new Set();

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
