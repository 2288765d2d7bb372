import type { OutcomeKind, Telemetry } from '#shared/telemetry/telemetry.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';

/** What a replay counted, by topic. */
export interface TopicCounts {
  readonly records: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly dropped: ReadonlyMap<string, number>;
  readonly rejected: ReadonlyMap<string, number>;
}

/** Gathers the counts of all services of a replay for its summary. */
export class Counts {
  readonly #topics = new Map<
    string,
    {
      records: number;
      outcomes: Record<OutcomeKind, number>;
      dropped: Map<string, number>;
      rejected: Map<string, number>;
    }
  >();
  readonly telemetry: Telemetry = {
    ...noTelemetry,
    recordsIn: (topic, records) => {
      this.#of(topic).records += records;
    },
    recordsOutcome: (topic, kind, reason, records) => {
      const counts = this.#of(topic);
      counts.outcomes[kind] += records;
      const reasons = kind === 'drop' ? counts.dropped : counts.rejected;
      if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + records);
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
      dropped: new Map<string, number>(),
      rejected: new Map<string, number>(),
    };
    this.#topics.set(topic, counts);
    return counts;
  }
}
