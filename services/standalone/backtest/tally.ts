import { compareText } from '#shared/sigma/set/rule-set.ts';
import type { Change, SignalChange } from './compare-signals.ts';
import type { FoundSignal } from './found-signals.ts';
import type { OnTrial } from './on-trial.ts';

/** How often one rule fires with both sets of rules. */
export interface RuleTally extends Readonly<Record<Change, number>> {
  readonly rule_id: string;
  readonly rule: string;
  readonly level: string;
  /** What the trial does to the rule itself; undefined when it only concerns it through others. */
  readonly on_trial: OnTrial['state'] | undefined;
  readonly before: number;
  readonly after: number;
  /** The noise to expect: signals for every 24 hours in which events were recorded. */
  readonly before_per_day: number;
  readonly after_per_day: number;
}

const hours_per_day = 24;

/** One tally for each rule that fires with either set or is on trial; those on trial first, then by what changed. */
export function tallyRules(
  before: ReadonlyMap<string, FoundSignal>,
  after: ReadonlyMap<string, FoundSignal>,
  changes: readonly SignalChange[],
  onTrial: readonly OnTrial[],
  hours: number,
): readonly RuleTally[] {
  const perDay = (count: number): number =>
    hours === 0 ? 0 : Math.round((count * hours_per_day * 10) / hours) / 10;
  const old = countsOf(before);
  const now = countsOf(after);
  const changed = Map.groupBy(changes, ({ rule_id }) => rule_id);
  const trials = new Map(onTrial.filter(({ kind }) => kind !== 'filter').map((each) => [each.id, each]));
  const tallies = [...new Set([...trials.keys(), ...old.keys(), ...now.keys()])].map((rule_id): RuleTally => {
    const trial = trials.get(rule_id);
    const found = now.get(rule_id) ?? old.get(rule_id);
    const ofRule = changed.get(rule_id) ?? [];
    const count = (change: Change): number => ofRule.filter((each) => each.change === change).length;
    const counts = { before: old.get(rule_id)?.count ?? 0, after: now.get(rule_id)?.count ?? 0 };
    return {
      rule_id,
      rule: trial?.title ?? found?.rule ?? rule_id,
      level: trial?.level ?? found?.level ?? '',
      on_trial: trial?.state,
      ...counts,
      appeared: count('appeared'),
      vanished: count('vanished'),
      changed: count('changed'),
      before_per_day: perDay(counts.before),
      after_per_day: perDay(counts.after),
    };
  });
  return tallies.sort(byWeight);
}

interface Count {
  readonly rule: string;
  readonly level: string;
  count: number;
}

function countsOf(signals: ReadonlyMap<string, FoundSignal>): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  for (const { rule, signal } of signals.values()) {
    const known = counts.get(rule.id);
    if (known === undefined) counts.set(rule.id, { rule: rule.name, level: signal.level, count: 1 });
    else known.count += 1;
  }
  return counts;
}

function byWeight(a: RuleTally, b: RuleTally): number {
  return trialWeight(b) - trialWeight(a) || changesOf(b) - changesOf(a) || compareText(a.rule_id, b.rule_id);
}

/** What was written comes before what is left out. */
function trialWeight({ on_trial }: RuleTally): number {
  return on_trial === undefined ? 0 : on_trial === 'removed' ? 1 : 2;
}

function changesOf({ appeared, vanished, changed }: RuleTally): number {
  return appeared + vanished + changed;
}
