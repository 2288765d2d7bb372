import { createDetector } from '#shared/sigma/create-detector.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';

/**
 * Compiles files of rules.
 * @throws BW_RULES_REFUSED with the problems and their places.
 */
export function compileDetection({ sources, lists, trial }: RuleFiles): {
  readonly rules: RuleSet;
  readonly detector: Detector;
} {
  const result = buildRuleSet(sources, lists, trial);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return { rules: result.set, detector: createDetector(result.set) };
}
