import { containerEvents } from './sigma/container-events.ts';
import { corpusText, mappedRules, ownRules, plainRules } from './sigma/corpus.ts';
import { benchCorrelations, measureCorrelating, measureFloor } from './sigma/correlating.ts';
import { generateEvents } from './sigma/events.ts';
import { grow } from './sigma/growth.ts';
import { measureHostile } from './sigma/hostile.ts';
import { measureLoading } from './sigma/loading.ts';
import { type MatchingFigures, measureMatching } from './sigma/matching.ts';
import type { Rates } from './sigma/stopwatch.ts';

/**
 * What the rule engine costs, as ratios of one run: matching against `JSON.parse` of the same events, ten times the
 * rules against as many as there were, loading with and without the tests that rules carry, and correlation rules against
 * only sorting signals into groups. `node test/bench/sigma.ts [matching|growth|loading|hostile|correlating]`.
 */
const event_count = 4000;
const rounds = 9;
const signal_count = 400_000;
const group_count = 100_000;
/** Signals that a second of the thread is to take. */
const goals = new Map([
  ['event_count', 1_000_000],
  ['value_count', 1_000_000],
]);
const seed = 1;
const rules_before = 300;
const rules_after = 3_000;

const asked = process.argv[2];
if (asked === undefined || asked === 'matching') await printMatching();
if (asked === undefined || asked === 'growth') await printGrowth();
if (asked === undefined || asked === 'loading') await printLoading();
if (asked === undefined || asked === 'hostile') await printHostile();
if (asked === undefined || asked === 'correlating') printCorrelating();

async function printMatching(): Promise<void> {
  const mapped = await mappedRules();
  const lanes = containerEvents();
  console.log(`matching: ${mapped.length} rules of ${corpusText}`);
  for (const [name, events] of lanes) {
    console.log(`  ${name.padEnd(18)} ${lineOf(measureMatching(mapped, events, rounds))}`);
  }
  const all = measureMatching(mapped, [...lanes.values()].flat(), rounds);
  console.log(`  ${'container events'.padEnd(18)} ${lineOf(all)}`);
  const raw = measureMatching(await plainRules(), generateEvents(event_count, seed), rounds);
  console.log(`  ${'as tools write'.padEnd(18)} ${lineOf(raw)}`);
}

function lineOf({ parse_us, match_us, ratio, matches }: MatchingFigures): string {
  const [match, parse] = [match_us, parse_us].map((value) => value.toFixed(2).padStart(6));
  return `${match} µs an event, JSON.parse ${parse} µs, ratio ${ratio.toFixed(2)}, ${matches} matches`;
}

async function printGrowth(): Promise<void> {
  const rules = await mappedRules();
  const events = [...containerEvents().values()].flat();
  const before = measureMatching(grow(rules, rules_before, 1), events, rounds);
  const after = measureMatching(grow(rules, rules_before, rules_after / rules_before), events, rounds);
  console.log(`growth: ${rules_before} rules       ${lineOf(before)}`);
  console.log(`        ${rules_after} rules      ${lineOf(after)}`);
  console.log(`        ${(after.ratio / before.ratio).toFixed(2)} × as slow, both against JSON.parse`);
}

async function printLoading(): Promise<void> {
  const { files, checking_ms, running_ms, ratio } = await measureLoading(ownRules, rounds);
  console.log(
    `loading: ${files} files in ${running_ms.toFixed(0)} ms of CPU for a service, ${checking_ms.toFixed(0)} ms with the tests that rules carry: ${ratio.toFixed(1)} ×`,
  );
}

async function printHostile(): Promise<void> {
  console.log('hostile input, CPU of one item:');
  for (const { name, count, p99_ms, max_ms, bound_ms } of measureHostile(await mappedRules(), seed)) {
    const times = `p99 ${p99_ms.toFixed(1).padStart(6)} ms, max ${max_ms.toFixed(1).padStart(6)} ms`;
    const verdict = max_ms > bound_ms ? `BEYOND ${bound_ms} ms` : `within ${bound_ms} ms`;
    console.log(`  ${name.padEnd(36)} ${times}, ${verdict} (${count})`);
    if (max_ms > bound_ms) process.exitCode = 1;
  }
}

function printCorrelating(): void {
  const floor = measureFloor(signal_count, group_count, seed);
  console.log(`signals a second, ${text(group_count)} groups; look-up and list alone: ${ratesText(floor)}`);
  for (const [name, { set, rules: sources }] of benchCorrelations) {
    const { rates, firings } = measureCorrelating(set, sources, signal_count, group_count, seed);
    const ratio = (rates.thread / floor.thread).toFixed(2);
    const goal = goals.get(name);
    const verdict = goal === undefined || rates.thread > goal ? '' : `, NOT ABOVE ${text(goal)}`;
    console.log(
      `  ${name.padEnd(16)} ${ratesText(rates)}, ${ratio} × look-up and list, ${firings} firings${verdict}`,
    );
  }
}

function ratesText({ thread, wall, process }: Rates): string {
  return `${text(thread)} of the thread (wall ${text(wall)}, process ${text(process)})`;
}

function text(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
