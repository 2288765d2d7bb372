/** The only way to wait. Tests pass one that runs on virtual time. */
export interface Timer {
  /** Calls back once after `delay_ms`, unless cancelled before. */
  after(delay_ms: number, call: () => void): CancelTimer;
}

export type CancelTimer = () => void;

export const systemTimer: Timer = {
  after: (delay_ms, call) => {
    const timer = setTimeout(call, delay_ms);
    return () => clearTimeout(timer);
  },
};
