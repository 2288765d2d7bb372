import type { Signal } from '#shared/avro/types.generated.ts';
import type { Label } from './labels.ts';

/** Counts of records. */
export interface Confusion {
  readonly key_events: number;
  readonly key_events_with_signal: number;
  readonly benign_alerts: number;
  /** With a signal, or a part in a firing, of level high or above. */
  readonly benign_alerts_high: number;
}

interface NamedConfusion {
  readonly campaign: string;
  readonly confusion: Confusion;
}

/** Counts the records of one campaign. */
export function confusionOf(
  labels: ReadonlyMap<string, Label>,
  signals: readonly Signal[],
  fired: readonly Signal[],
): Confusion {
  const hashesOf = hashesOfSignals([...signals, ...fired]);
  const seen = new Set(signals.map(({ event }) => event.hash));
  const high = [...signals, ...fired].filter(
    ({ rule }) => rule.level === 'high' || rule.level === 'critical',
  );
  const alarming = new Set(high.flatMap(hashesOf));
  const recordsOf = (wanted: Label): readonly string[] =>
    [...labels].flatMap(([hash, label]) => (label === wanted ? [hash] : []));
  const key = recordsOf('key');
  const benign = recordsOf('benign');
  return {
    key_events: key.length,
    key_events_with_signal: key.filter((hash) => seen.has(hash)).length,
    benign_alerts: benign.length,
    benign_alerts_high: benign.filter((hash) => alarming.has(hash)).length,
  };
}

/** The records of a signal: its own, or those of all parts of a firing. */
export function hashesOfSignals(all: readonly Signal[]): (signal: Signal) => readonly string[] {
  const byId = new Map(all.map((signal) => [signal.id, signal]));
  const hashesOf = ({ parts, event }: Signal): readonly string[] =>
    parts.length === 0 ? [event.hash] : parts.flatMap((part) => byId.get(part) ?? []).flatMap(hashesOf);
  return hashesOf;
}

/** 0 to 1. */
export function keyShare({ key_events, key_events_with_signal }: Confusion): number {
  return key_events === 0 ? 1 : key_events_with_signal / key_events;
}

const confusion_columns = ['key', 'with signal', 'without', 'benign', 'high or above', 'below'] as const;

/** One line a campaign, and their sum. */
export function confusionText(results: readonly NamedConfusion[]): string {
  const sum = (pick: (confusion: Confusion) => number): number =>
    results.reduce((total, { confusion }) => total + pick(confusion), 0);
  const total: Confusion = {
    key_events: sum(({ key_events }) => key_events),
    key_events_with_signal: sum(({ key_events_with_signal }) => key_events_with_signal),
    benign_alerts: sum(({ benign_alerts }) => benign_alerts),
    benign_alerts_high: sum(({ benign_alerts_high }) => benign_alerts_high),
  };
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(16) + cells.map((cell) => String(cell).padStart(15)).join('');
  const row = (name: string, confusion: Confusion): string => {
    const { key_events, key_events_with_signal, benign_alerts, benign_alerts_high } = confusion;
    const missed = key_events - key_events_with_signal;
    const quiet = benign_alerts - benign_alerts_high;
    return line(name, [key_events, key_events_with_signal, missed, benign_alerts, benign_alerts_high, quiet]);
  };
  return [
    'Confusion: key events that have a signal or none; benign alerts that have one of level high or above, or none',
    line('', confusion_columns),
    ...results.map(({ campaign, confusion }) => row(campaign, confusion)),
    row('all', total),
  ].join('\n');
}
