import type { Fleet } from '../fleet.ts';

/** Looks in a row that must find nothing to do: what one service wrote, the next has not yet seen at the first. */
const quiet_looks = 4;

export interface SettleOptions {
  readonly poll_interval_ms: number;
  readonly deadline_ms: number;
  /** Told at each look what waits, by service. */
  readonly onLook?: (lags: ReadonlyMap<string, bigint>) => void;
}

/**
 * Resolves when no service has anything left to do, to the time (of `performance.now`) since when; rejects with a reason
 * when that takes longer than `deadline_ms`.
 */
export async function settle(
  fleet: Pick<Fleet, 'lags' | 'failed'>,
  { poll_interval_ms, deadline_ms, onLook }: SettleOptions,
): Promise<number> {
  const end_ms = performance.now() + deadline_ms;
  for (let quiet = 0, quiet_since_ms = 0; ; ) {
    const lags = await Promise.race([fleet.lags(), fleet.failed]);
    onLook?.(lags);
    const waiting = [...lags].filter(([, lag]) => lag > 0n);
    quiet = waiting.length > 0 ? 0 : quiet + 1;
    if (quiet === 1) quiet_since_ms = performance.now();
    if (quiet === quiet_looks) return quiet_since_ms;
    if (performance.now() > end_ms) {
      const open = waiting.map(([name, lag]) => `${name} ${lag}`).join(', ');
      throw new Error(`still working after ${deadline_ms / 1000} s: ${open}`);
    }
    await new Promise((resolve) => setTimeout(resolve, poll_interval_ms));
  }
}
