import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Timer } from '#shared/clock/timer.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { Log } from '#shared/telemetry/log.ts';

/** How often the folder is looked at. */
const rules_check_interval_ms = 15_000;

/** The rules in force, which follow their folder. */
export interface RuleWatch {
  readonly detector: () => Detector;
  stop(): void;
}

export interface RuleWatchOptions {
  readonly folder: string;
  readonly timer: Timer;
  readonly log: Log;
}

/**
 * Loads a folder of rules, and again whenever a file in it changes. A set that is refused is reported, and the former
 * one stays in force.
 * @throws BW_RULES_REFUSED when the first set is refused.
 */
export async function watchRules({ folder, timer, log }: RuleWatchOptions): Promise<RuleWatch> {
  let seen = await fingerprint(folder);
  const first = await loadRuleSet(folder);
  if (first.kind === 'refused') throw rulesRefused(first.problems);
  let detector = createDetector(first.set);
  let stopped = false;
  let cancel = timer.after(rules_check_interval_ms, check);

  function check(): void {
    reload().then(schedule, (error: unknown) => {
      log.error('the rules could not be read', { folder, reason: String(error) });
      schedule();
    });
  }

  function schedule(): void {
    if (!stopped) cancel = timer.after(rules_check_interval_ms, check);
  }

  async function reload(): Promise<void> {
    const now = await fingerprint(folder);
    if (now === seen) return;
    seen = now;
    const result = await loadRuleSet(folder);
    if (result.kind === 'refused') {
      log.error('the changed rules are refused; the former ones stay', {
        folder,
        reason: rulesRefused(result.problems).message,
      });
      return;
    }
    detector = createDetector(result.set);
    log.info('rules reloaded', { folder, rules: result.set.rules.length });
  }

  return {
    detector: () => detector,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

/** Names, sizes and times of change of the files below a folder. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const facts = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return `${name}:${size}:${mtimeMs}`;
    }),
  );
  return facts.join('\n');
}
