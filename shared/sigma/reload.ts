import { createDetector } from './create-detector.ts';
import type { Detector } from './detector.ts';
import type { Problem } from './problem.ts';
import { rulesRefused } from './refused.ts';
import { type RuleFiles, readRuleFiles } from './set/load.ts';
import { buildRuleSet, type RuleSet } from './set/rule-set.ts';

/** What a look at the folder found. */
export type Reload =
  | { readonly kind: 'unchanged' }
  /** In use from now on; `hashes` is what the audit record of the load holds. */
  | { readonly kind: 'swapped'; readonly set: RuleSet; readonly problems: readonly Problem[] }
  /** Broken, or not readable: the former set stays in use. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The rules of a folder as they change. */
export interface LiveRules {
  /** The set in use; take it once a batch, so that no batch is judged by two sets. */
  current(): { readonly set: RuleSet; readonly detector: Detector };
  /** Looks at the folder, compiles a changed one aside, and swaps it in when it is whole. One look at a time. */
  look(): Promise<Reload>;
}

/**
 * Opens a folder of rules.
 *
 * @throws BreakwaterError BW_RULES_REFUSED when the first set is broken; the system's error when it cannot be read.
 */
export async function openRules(paths: string | readonly string[]): Promise<LiveRules> {
  let seen = await readRuleFiles(paths, { tests: false });
  const first = buildRuleSet(seen.sources, seen.lists);
  if (first.kind === 'refused') throw rulesRefused(first.problems);
  let current = { set: first.set, detector: createDetector(first.set) };
  let looking: Promise<Reload> | undefined;

  async function lookOnce(): Promise<Reload> {
    const read = await readAgain(paths);
    if (typeof read === 'string') return { kind: 'unreadable', reason: read };
    if (sameFiles(read, seen)) return { kind: 'unchanged' };
    seen = read;
    const result = buildRuleSet(read.sources, read.lists);
    if (result.kind === 'refused') return result;
    current = { set: result.set, detector: createDetector(result.set) };
    return { kind: 'swapped', set: result.set, problems: result.problems };
  }

  return {
    current: () => current,
    look: () => {
      looking ??= lookOnce().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}

/** The reason when the folder cannot be read just now: it may be being replaced. */
async function readAgain(paths: string | readonly string[]): Promise<RuleFiles | string> {
  try {
    return await readRuleFiles(paths, { tests: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.message;
    throw error;
  }
}

function sameFiles(a: RuleFiles, b: RuleFiles): boolean {
  return (
    a.sources.length === b.sources.length &&
    a.sources.every(
      ({ file, text }, index) => b.sources[index]?.file === file && b.sources[index]?.text === text,
    ) &&
    a.lists.size === b.lists.size &&
    [...a.lists].every(([name, lines]) => b.lists.get(name)?.join('\n') === lines.join('\n'))
  );
}
