import { join } from 'node:path';
import type { Family } from '#shared/avro/types.generated.ts';
import { type RuleFiles, withTrial } from '#shared/sigma/set/load.ts';
import { compileDetection } from '../embedded/detection.ts';
import { runReplay } from '../replay/run.ts';
import type { FoundIncident } from '../report/incidents.ts';
import { compareIncidents, type IncidentChange } from './compare-incidents.ts';
import { compareSignals, type SignalChange } from './compare-signals.ts';
import { type FoundSignal, readHours, readSignals } from './found-signals.ts';
import { differenceOf, type OnTrial } from './on-trial.ts';
import { type RuleTally, tallyRules } from './tally.ts';

export interface BacktestOptions {
  readonly files: readonly string[];
  readonly family?: Family | undefined;
  readonly scope: string;
  readonly known_exploited?: string | undefined;
  /** The rules in force. */
  readonly present: RuleFiles;
  readonly candidate: RuleFiles;
  /** The candidate instead of the rules in force, not beside them. */
  readonly only: boolean;
  /** Folder for what both runs write. */
  readonly out: string;
}

/** What a candidate would have changed. A function of the files and the rules: no wall clock, no order of work. */
export interface Backtest {
  readonly records: number;
  readonly dead_letters: number;
  readonly dead_letter_reasons: Readonly<Record<string, number>>;
  /** Hours in which events happened, the first and the last of them. */
  readonly hours: number;
  readonly first_hour: string | undefined;
  readonly last_hour: string | undefined;
  readonly rules: BeforeAfter;
  readonly signals: BeforeAfter;
  readonly incidents: BeforeAfter;
  readonly on_trial: readonly OnTrial[];
  readonly tallies: readonly RuleTally[];
  readonly signal_changes: readonly SignalChange[];
  readonly incident_changes: readonly IncidentChange[];
}

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

/**
 * Replays the files twice, with the present rules and with the candidate, and compares what came of it.
 * @throws BW_RULES_REFUSED when one of the sets is broken, before anything is replayed.
 */
export async function runBacktest(options: BacktestOptions): Promise<Backtest> {
  const { present, candidate, only } = options;
  const tried = withTrial(present, candidate, only);
  const sets = { before: compileDetection(present).rules, after: compileDetection(tried).rules };
  const on_trial = differenceOf(sets.before, sets.after);
  const before = await replayWith(present, 'present', options);
  const after = await replayWith(tried, 'candidate', options);
  const hours = await readHours(join(options.out, 'present'));
  const signal_changes = compareSignals(before.signals, after.signals);
  return {
    records: before.records,
    dead_letters: before.dead_letters,
    dead_letter_reasons: before.dead_letter_reasons,
    hours: hours.length,
    first_hour: hours[0],
    last_hour: hours.at(-1),
    rules: {
      before: sets.before.rules.length + sets.before.correlations.length,
      after: sets.after.rules.length + sets.after.correlations.length,
    },
    signals: { before: before.signals.size, after: after.signals.size },
    incidents: { before: before.incidents.length, after: after.incidents.length },
    on_trial,
    tallies: tallyRules(before.signals, after.signals, signal_changes, on_trial, hours.length),
    signal_changes,
    incident_changes: compareIncidents(before.incidents, after.incidents),
  };
}

interface Run {
  readonly records: number;
  readonly dead_letters: number;
  readonly dead_letter_reasons: Readonly<Record<string, number>>;
  readonly signals: ReadonlyMap<string, FoundSignal>;
  readonly incidents: readonly FoundIncident[];
}

async function replayWith(rules: RuleFiles, name: string, options: BacktestOptions): Promise<Run> {
  const out = join(options.out, name);
  const { records, dead_letters, dead_letter_reasons, incidents } = await runReplay({
    ...options,
    out,
    rules,
    label: `${name} rules`,
  });
  return { records, dead_letters, dead_letter_reasons, incidents, signals: await readSignals(out) };
}
