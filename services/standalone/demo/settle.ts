import type { Fleet } from '../fleet.ts';

const poll_interval_ms = 200;
/** Looks in a row that must find nothing to do: what one service wrote, the next has not yet seen at the first. */
const quiet_looks = 4;

/** Resolves when no service has anything left to do; rejects with a reason when that takes longer than `deadline_ms`. */
export async function settle(
  fleet: Fleet,
  deadline_ms: number,
  onWait: (lags: ReadonlyMap<string, bigint>) => void,
): Promise<void> {
  const end_ms = Date.now() + deadline_ms;
  let quiet = 0;
  while (quiet < quiet_looks) {
    const lags = await Promise.race([fleet.lags(), fleet.failed]);
    const waiting = [...lags.values()].some((lag) => lag > 0n);
    quiet = waiting ? 0 : quiet + 1;
    onWait(lags);
    if (Date.now() > end_ms) {
      const open = [...lags].filter(([, lag]) => lag > 0n).map(([name, lag]) => `${name} ${lag}`);
      throw new Error(`still working after ${deadline_ms / 1000} s: ${open.join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, poll_interval_ms));
  }
}
