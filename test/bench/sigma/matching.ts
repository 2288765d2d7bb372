import { createMatcher } from '#shared/sigma/match/matcher.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';
import type { BenchEvent } from './events.ts';
import { cpuOf } from './measure.ts';

export interface MatchingFigures {
  readonly parse_us: number;
  readonly match_us: number;
  readonly matches: number;
}

/** CPU microseconds an event for parsing the JSON and for matching the parsed events, in one run. */
export function measureMatching(
  rules: readonly CompiledRule[],
  events: readonly BenchEvent[],
  runs: number,
): MatchingFigures {
  const matcher = createMatcher(rules);
  const parsed = events.map(
    ({ logsource, json }): { logsource: BenchEvent['logsource']; document: object } => ({
      logsource,
      document: Object(JSON.parse(json)),
    }),
  );
  let matches = 0;
  const parse = cpuOf(() => {
    for (const { json } of events) JSON.parse(json);
  }, runs);
  const match = cpuOf(() => {
    matches = 0;
    for (const { logsource, document } of parsed) matches += matcher.match(logsource, document).length;
  }, runs);
  return { parse_us: parse / events.length, match_us: match / events.length, matches };
}
