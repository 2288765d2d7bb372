import { createDetector } from '#shared/sigma/create-detector.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';

/**
 * Loads a folder of rules.
 * @throws BW_RULES_REFUSED with the problems and their places.
 */
export async function loadDetection(
  folder: string,
): Promise<{ readonly rules: RuleSet; readonly detector: Detector }> {
  const result = await loadRuleSet(folder);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return { rules: result.set, detector: createDetector(result.set) };
}
