import { createMatcher } from '#shared/sigma/match/matcher.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';
import type { BenchEvent } from './events.ts';
import { cpuOf, median } from './measure.ts';

/** CPU microseconds an event, medians over the rounds; the ratio is the median of those of the rounds. */
export interface MatchingFigures {
  readonly parse_us: number;
  readonly match_us: number;
  readonly ratio: number;
  readonly matches: number;
}

/** Events that are parsed, then matched, as a service takes its batches. */
const batch_events = 100;
/** Rounds before the measured ones, to let the compiler settle. */
const warm_up_rounds = 4;
/** Smaller lanes are gone through more than once a round. */
const round_events_min = 2_000;

/** What parsing the JSON of events costs, and what matching what was just parsed costs; batches of each in turn. */
export function measureMatching(
  rules: readonly CompiledRule[],
  events: readonly BenchEvent[],
  rounds: number,
): MatchingFigures {
  const matcher = createMatcher(rules);
  const lane = Array.from({ length: Math.ceil(round_events_min / events.length) }, () => events).flat();
  const measured: { parse: number; match: number; matches: number }[] = [];
  for (let round = 0; round < warm_up_rounds + rounds; round += 1) {
    const sums = { parse: 0, match: 0, matches: 0 };
    for (let first = 0; first < lane.length; first += batch_events) {
      const batch = lane.slice(first, first + batch_events);
      const documents: object[] = [];
      sums.parse += cpuOf(() => {
        for (const { json } of batch) documents.push(JSON.parse(json));
      });
      sums.match += cpuOf(() => {
        for (const [index, { logsource }] of batch.entries()) {
          sums.matches += matcher.match(logsource, documents[index] ?? {}).length;
        }
      });
    }
    if (round >= warm_up_rounds) measured.push(sums);
  }
  return {
    parse_us: median(measured.map(({ parse }) => parse)) / lane.length,
    match_us: median(measured.map(({ match }) => match)) / lane.length,
    ratio: median(measured.map(({ parse, match }) => match / parse)),
    matches: ((measured[0]?.matches ?? 0) * events.length) / lane.length,
  };
}
