import { noTelemetry, type OutcomeKind, type Telemetry } from '#shared/telemetry/telemetry.ts';

/** What a replay counted of one topic. */
interface TopicCounts {
  records: number;
  readonly outcomes: Record<OutcomeKind, number>;
  /** By reason. */
  readonly dropped: Map<string, number>;
  readonly rejected: Map<string, number>;
}

/** Gathers the counts of all services of a replay for its summary. */
export class Counts {
  readonly #topics = new Map<string, TopicCounts>();
  readonly telemetry: Telemetry = {
    ...noTelemetry,
    recordsIn: (topic, records) => {
      this.of(topic).records += records;
    },
    recordsOutcome: (topic, kind, reason, records) => {
      const counts = this.of(topic);
      counts.outcomes[kind] += records;
      const reasons = kind === 'drop' ? counts.dropped : counts.rejected;
      if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + records);
    },
  };

  of(topic: string): TopicCounts {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const counts: TopicCounts = {
      records: 0,
      outcomes: { ok: 0, duplicate: 0, drop: 0, reject: 0 },
      dropped: new Map(),
      rejected: new Map(),
    };
    this.#topics.set(topic, counts);
    return counts;
  }
}
