import { benchRules } from './sigma/corpus.ts';
import { benchCorrelations, measureCorrelating, measureFloor } from './sigma/correlating.ts';
import { generateEvents } from './sigma/events.ts';
import { measureMatching } from './sigma/matching.ts';

/**
 * What the rule engine costs, as ratios of one run: matching against `JSON.parse` of the same events, and correlation
 * rules against only sorting signals into groups.
 */
const event_count = 4000;
const runs = 9;
const signal_count = 400_000;
const group_count = 100_000;
const seed = 1;

const { rules, says } = await benchRules();
console.log(says);
const { parse_us, match_us, matches } = measureMatching(rules, generateEvents(event_count, seed), runs);
console.log(
  `matching: ${match_us.toFixed(2)} µs an event, ${(match_us / parse_us).toFixed(2)} × JSON.parse (${parse_us.toFixed(2)} µs), ${matches} matches`,
);

const floor = measureFloor(signal_count, group_count, seed);
console.log(`look-up and list alone: ${text(floor)} signals/s`);
for (const [name, { set, rules: sources }] of benchCorrelations) {
  const figures = measureCorrelating(set, sources, signal_count, group_count, seed);
  console.log(
    `${name}: ${text(figures.signals_per_second)} signals/s of CPU, ${(figures.signals_per_second / floor).toFixed(2)} × look-up and list, ${figures.firings} firings`,
  );
}

function text(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
