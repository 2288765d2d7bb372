/** The outcomes that the conservation equation counts. */
export type OutcomeKind = 'ok' | 'duplicate' | 'drop' | 'reject';

/** The catalogue of what services measure; the only way to a counter. Calls are per batch, never per event. */
export interface Telemetry {
  recordsIn(topic: string, records: number, bytes: number): void;
  /** `reason` is a stable, bounded word; empty for `ok` and `duplicate`. */
  recordsOutcome(topic: string, kind: OutcomeKind, reason: string, records: number): void;
  recordsOut(topic: string, records: number): void;
  recordsInFlight(topic: string, records: number): void;
  batchHandled(topic: string, duration_seconds: number): void;
  /** Records that retention removed before they were read. */
  recordsLost(topic: string, records: number): void;
  /** Signals that correlation rules left out; `reason` is a stable, bounded word. */
  signalsShed(reason: string, signals: number): void;
  /** Facts that the correlator let go of because there were too many. */
  factsShed(facts: number): void;
  errorSeen(code: string, stage: string): void;
}

export const noTelemetry: Telemetry = {
  recordsIn: ignore,
  recordsOutcome: ignore,
  recordsOut: ignore,
  recordsInFlight: ignore,
  batchHandled: ignore,
  recordsLost: ignore,
  signalsShed: ignore,
  factsShed: ignore,
  errorSeen: ignore,
};

function ignore(): void {
  // Nothing is measured.
}
