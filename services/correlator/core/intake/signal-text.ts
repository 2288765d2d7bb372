import type { Signal } from '#shared/avro/types.generated.ts';
import { compareText } from '../order.ts';

/** The content of a signal as one text, the same for equal content whatever the order of its fields. */
export function signalText(signal: Signal): string {
  return JSON.stringify([
    signal.id,
    String(signal.time_ns),
    signal.family,
    signal.rule.id,
    signal.rule.title,
    signal.rule.level,
    signal.rule.origin,
    signal.score,
    signal.tactics,
    signal.techniques,
    signal.actors,
    signal.targets,
    signal.class,
    signal.opener,
    signal.first_only,
    signal.event.id,
    signal.event.hash,
    signal.event.dataset,
    signal.summary,
    Object.entries(signal.fields).sort(([a], [b]) => compareText(a, b)),
    signal.parts,
  ]);
}

/** A signal id may come with different content, such as a time taken from arrival: each content is one version. */
export interface Version {
  readonly signal: Signal;
}

/** The version that counts is the smallest by time, then by text. Texts are made only where times are equal. */
export function byVersion(a: Version, b: Version): number {
  const [timeA, timeB] = [a.signal.time_ns, b.signal.time_ns];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return a.signal === b.signal ? 0 : compareText(signalText(a.signal), signalText(b.signal));
}
