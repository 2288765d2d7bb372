import { benchRules } from './sigma/corpus.ts';
import { benchCorrelations, generateSignals, measureCorrelating, measureFloor } from './sigma/correlating.ts';
import { generateEvents } from './sigma/events.ts';
import { measureMatching } from './sigma/matching.ts';

/**
 * What the rule engine costs, as ratios of one run: matching against `JSON.parse` of the same events, and correlation
 * rules against only sorting signals into groups.
 */
const event_count = 4000;
const runs = 9;
const signal_count = 300_000;
const group_count = 100_000;
const seed = 1;

const { rules, says } = await benchRules();
console.log(says);
const { parse_us, match_us, matches } = measureMatching(rules, generateEvents(event_count, seed), runs);
console.log(
  `matching: ${match_us.toFixed(2)} µs an event, ${(match_us / parse_us).toFixed(2)} × JSON.parse (${parse_us.toFixed(2)} µs), ${matches} matches`,
);

const signals = generateSignals(signal_count, group_count, seed);
console.log(`grouping alone: ${Math.round(measureFloor(signals)).toLocaleString('en')} signals/s`);
for (const [name, set] of benchCorrelations) {
  const { signals_per_second, firings } = measureCorrelating(set, signals);
  console.log(
    `${name}: ${Math.round(signals_per_second).toLocaleString('en')} signals/s, ${firings} firings`,
  );
}
