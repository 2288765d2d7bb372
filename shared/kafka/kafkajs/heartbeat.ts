/** Heartbeats by the clock, beside those of kafkajs's fetch loop, which a slow broker may hold up. */
export interface Heartbeat {
  /** How to send one; known with the first batch. kafkajs itself sees to it that they are not sent too often. */
  sendWith(send: () => Promise<void>): void;
  stop(): void;
}

export function startHeartbeat(interval_ms: number): Heartbeat {
  let send = (): Promise<void> => Promise.resolve();
  const timer = setInterval(() => void send().catch(leaveToFetchLoop), interval_ms).unref();
  return {
    sendWith(sender) {
      send = sender;
    },
    stop: () => clearInterval(timer),
  };
}

function leaveToFetchLoop(): void {
  // The group rebalances, or the coordinator is away: the fetch loop gets the same answer and knows what to do.
}
