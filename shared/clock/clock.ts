/** The only source of wall-clock time. Tests and replays pass their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now_ms(): number;
}

export const systemClock: Clock = { now_ms: () => Date.now() };
