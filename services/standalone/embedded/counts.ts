import type { OutcomeKind, Telemetry } from '#shared/telemetry/telemetry.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';

/** What a replay counted, by topic. */
export interface TopicCounts {
  readonly records: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Reasons of drops and rejects. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Gathers the counts of all services of a replay for its summary. */
export class Counts {
  readonly #topics = new Map<
    string,
    { records: number; outcomes: Record<OutcomeKind, number>; reasons: Map<string, number> }
  >();
  readonly telemetry: Telemetry = {
    ...noTelemetry,
    recordsIn: (topic, records) => {
      this.#of(topic).records += records;
    },
    recordsOutcome: (topic, kind, reason, records) => {
      const counts = this.#of(topic);
      counts.outcomes[kind] += records;
      if (reason !== '') counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + records);
    },
  };

  of(topic: string): TopicCounts {
    return this.#of(topic);
  }

  #of(topic: string): {
    records: number;
    outcomes: Record<OutcomeKind, number>;
    reasons: Map<string, number>;
  } {
    const counts = this.#topics.get(topic) ?? {
      records: 0,
      outcomes: { ok: 0, duplicate: 0, drop: 0, reject: 0 },
      reasons: new Map<string, number>(),
    };
    this.#topics.set(topic, counts);
    return counts;
  }
}
