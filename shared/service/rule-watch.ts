import type { Clock } from '#shared/clock/clock.ts';
import type { Timer } from '#shared/clock/timer.ts';
import { fromMilliseconds } from '#shared/event/time.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { loadEntries } from '#shared/sigma/load-entries.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { openRules } from '#shared/sigma/reload.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { AuditTrail } from './audit-trail.ts';
import { retryForever } from './retry.ts';

/** How often the folder is looked at. */
const rules_check_interval_ms = 15_000;

/** The rules in force, which follow their folder. */
export interface RuleWatch {
  readonly detector: () => Detector;
  readonly set: () => RuleSet;
  /** Writes down which rules are in force, then looks at the folder again and again. */
  start(): Promise<void>;
  stop(): void;
}

export interface RuleWatchOptions {
  readonly folder: string;
  /** The tenant of audit records. */
  readonly scope: string;
  readonly timer: Timer;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly telemetry: Telemetry;
  readonly log: Log;
  /** Is told of a new set once it is written down; for what keeps state that follows from the rules. */
  readonly onSwapped?: ((set: RuleSet) => Promise<void>) | undefined;
}

/**
 * Loads a folder of rules, and again whenever a file in it changes. A set that is refused is reported and counted, and
 * the former one stays in force. Each set that comes into force is an audit record.
 * @throws BW_RULES_REFUSED when the first set is refused.
 */
export async function watchRules(options: RuleWatchOptions): Promise<RuleWatch> {
  const { folder, scope, timer, clock, audit, telemetry, log, onSwapped } = options;
  const rules = await openRules(folder);
  const stopping = new AbortController();
  let cancel = (): void => undefined;

  /** Waits until it is written down: what is in force must not be unlogged for long. */
  async function record(set: RuleSet, previous?: RuleSet): Promise<void> {
    const time_ns = fromMilliseconds(clock.now_ms());
    const entries = loadEntries(set, previous, { tenant: scope, time_ns });
    const onRetry = (error: unknown): void =>
      log.error('the rules in force are not written down yet', { folder, reason: String(error) });
    await retryForever(() => audit.record(entries), { onRetry, signal: stopping.signal });
  }

  async function look(): Promise<void> {
    const previous = rules.current().set;
    const found = await rules.look();
    if (found.kind === 'refused') {
      telemetry.errorSeen('BW_RULES_REFUSED', 'rules');
      const reason = rulesRefused(found.problems).message;
      log.error('the changed rules are refused; the former ones stay', { folder, reason });
    } else if (found.kind === 'unreadable') {
      telemetry.errorSeen('BW_RULES_MISSING', 'rules');
      log.error('the rules cannot be read; the former ones stay', { folder, reason: found.reason });
    } else if (found.kind === 'swapped') {
      log.info('rules reloaded', { folder, rules: found.set.rules.length });
      await record(found.set, previous);
      await onSwapped?.(found.set);
    }
  }

  function check(): void {
    look().then(schedule, (error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    });
  }

  function schedule(): void {
    if (!stopping.signal.aborted) cancel = timer.after(rules_check_interval_ms, check);
  }

  return {
    detector: () => rules.current().detector,
    set: () => rules.current().set,
    start: async () => {
      await record(rules.current().set);
      schedule();
    },
    stop: () => {
      stopping.abort();
      cancel();
    },
  };
}
