import type { Signal } from '#shared/avro/types.generated.ts';
import { formatTime } from '#shared/event/time.ts';

/** A signal as one line of `signals.ndjson`, in ECS names. */
export function signalLine(signal: Signal): string {
  return JSON.stringify({
    '@timestamp': formatTime(signal.time_ns),
    message: signal.summary,
    event: { id: signal.event.id, hash: signal.event.hash, dataset: signal.event.dataset },
    rule: { id: signal.rule.id, name: signal.rule.title },
    threat: { tactic: { name: signal.tactics }, technique: { id: signal.techniques } },
    signal: {
      id: signal.id,
      scope: signal.scope,
      family: signal.family,
      level: signal.rule.level,
      origin: signal.rule.origin,
      score: signal.score,
      class: signal.class,
      actors: signal.actors,
      targets: signal.targets,
      parts: signal.parts,
    },
  });
}
