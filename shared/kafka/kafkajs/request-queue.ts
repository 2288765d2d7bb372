import { createRequire } from 'node:module';

/** The part of kafkajs's per-connection request queue that is mended here. Private to kafkajs 2.2.4. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/** How often requests that wait for a free slot are looked at again, when nothing else wakes them. */
const check_interval_ms = 10;

/**
 * kafkajs keeps a timer running on every connection, due at a time long past: one wake-up a millisecond, 3 % of a core
 * for an idle consumer, and a TimeoutNegativeWarning on Node 24. A timer is needed only while requests wait.
 */
export function mendRequestQueue(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
}

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttled_ms = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttled_ms > 0 ? throttled_ms : check_interval_ms,
  );
}
