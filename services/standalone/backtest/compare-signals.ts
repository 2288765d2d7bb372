import { compareText } from '#shared/sigma/set/rule-set.ts';
import type { FoundSignal } from './found-signals.ts';

export type Change = 'appeared' | 'vanished' | 'changed';

/** One signal that is not the same with both sets of rules. */
export interface SignalChange {
  readonly change: Change;
  readonly signal_id: string;
  readonly rule_id: string;
  readonly rule: string;
  readonly level: string;
  readonly time: string;
  readonly event_id: string;
  readonly summary: string;
  readonly actors: readonly string[];
  readonly targets: readonly string[];
  /** Of a changed one: what differs. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly field: string;
  readonly before: string | number | readonly string[];
  readonly after: string | number | readonly string[];
}

/** What changed, in the order of time, rule and id. A signal is the same when event and rule are. */
export function compareSignals(
  before: ReadonlyMap<string, FoundSignal>,
  after: ReadonlyMap<string, FoundSignal>,
): readonly SignalChange[] {
  const changes: SignalChange[] = [];
  for (const [id, old] of before) {
    const now = after.get(id);
    if (now === undefined) changes.push(changeOf('vanished', old));
    else {
      const differences = differencesOf(old, now);
      if (differences.length > 0) changes.push(changeOf('changed', now, differences));
    }
  }
  for (const [id, now] of after) if (!before.has(id)) changes.push(changeOf('appeared', now));
  return changes.sort(byTime);
}

function changeOf(
  change: Change,
  { rule, signal, event, message, ...found }: FoundSignal,
  differences: readonly Difference[] = [],
): SignalChange {
  return {
    change,
    signal_id: signal.id,
    rule_id: rule.id,
    rule: rule.name,
    level: signal.level,
    time: found['@timestamp'],
    event_id: event.id,
    summary: message,
    actors: signal.actors,
    targets: signal.targets,
    differences,
  };
}

/** What an analyst or the correlator sees of a signal. */
const compared: Readonly<Record<string, (found: FoundSignal) => Difference['before']>> = {
  level: ({ signal }) => signal.level,
  score: ({ signal }) => signal.score,
  class: ({ signal }) => signal.class,
  title: ({ rule }) => rule.name,
  summary: ({ message }) => message,
  time: (found) => found['@timestamp'],
  event: ({ event }) => event.id,
  actors: ({ signal }) => signal.actors,
  targets: ({ signal }) => signal.targets,
  parts: ({ signal }) => signal.parts,
  tactics: ({ threat }) => threat.tactic.name,
  techniques: ({ threat }) => threat.technique.id,
};

function differencesOf(old: FoundSignal, now: FoundSignal): readonly Difference[] {
  return Object.entries(compared).flatMap(([field, read]) => {
    const before = read(old);
    const after = read(now);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, before, after }];
  });
}

function byTime(a: SignalChange, b: SignalChange): number {
  return (
    compareText(a.time, b.time) || compareText(a.rule_id, b.rule_id) || compareText(a.signal_id, b.signal_id)
  );
}
