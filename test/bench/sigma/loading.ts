import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { buildRuleSet } from '#shared/sigma/set/rule-set.ts';
import { cpuOf, median } from './measure.ts';

export interface LoadingFigures {
  readonly files: number;
  /** CPU milliseconds of parsing and compiling, as whoever checks rules does it and as a service does. */
  readonly checking_ms: number;
  readonly running_ms: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

/** What it costs to load rules with the tests that they carry, and without. */
export async function measureLoading(folder: string, rounds: number): Promise<LoadingFigures> {
  const whole = await readRuleFiles(folder);
  const bare = await readRuleFiles(folder, { tests: false });
  const samples = Array.from({ length: rounds }, () => ({
    checking: cpuOf(() => buildRuleSet(whole.sources, whole.lists)),
    running: cpuOf(() => buildRuleSet(bare.sources, bare.lists)),
  }));
  return {
    files: whole.sources.length,
    checking_ms: median(samples.map(({ checking }) => checking)) / 1_000,
    running_ms: median(samples.map(({ running }) => running)) / 1_000,
    ratio: median(samples.map(({ checking, running }) => checking / running)),
  };
}
