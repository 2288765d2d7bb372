import { createDetector } from '#shared/sigma/create-detector.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';

export interface Detection {
  readonly rules: RuleSet;
  readonly detector: Detector;
}

/** Reading YAML is most of the work, and who compiles files to check them often runs them next. */
const compiled = new WeakMap<RuleFiles, Detection>();

/**
 * Compiles files of rules, the same files once.
 * @throws BW_RULES_REFUSED with the problems and their places.
 */
export function compileDetection(files: RuleFiles): Detection {
  const known = compiled.get(files);
  if (known !== undefined) return known;
  const result = buildRuleSet(files.sources, files.lists, files.trial);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  const detection = { rules: result.set, detector: createDetector(result.set) };
  compiled.set(files, detection);
  return detection;
}
