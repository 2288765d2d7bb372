import type { Service } from '#shared/service/service.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';

export interface ReloadingService extends Service {
  /** Goes on with other rules; resolves when it does. */
  replaceRules(rules: RuleSet): Promise<void>;
}

/**
 * A correlator whose rules can be replaced while it runs: the former run writes and saves what it has, and the next one
 * starts from that and shows what is within the horizon to the new rules. So the incidents are those that the new rules
 * would have given from the beginning.
 */
export function createReloadingService(
  create: (rules: RuleSet) => Service,
  rules: RuleSet,
): ReloadingService {
  const failed = Promise.withResolvers<never>();
  // Whoever waits for `failed` hears of it; nobody has to.
  failed.promise.catch(() => undefined);
  let isStopped = false;
  let current = open(rules);
  /** Starts, replacements and stops, one after the other. */
  let turn = Promise.resolve();

  function open(set: RuleSet): Service {
    const service = create(set);
    service.failed.catch(failed.reject);
    return service;
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work);
    // Whoever asked hears of a failure; what comes after it, such as a stop, is done all the same.
    turn = done.catch(() => undefined);
    return done;
  }

  return {
    name: current.name,
    failed: failed.promise,
    start: () => inTurn(() => current.start()),
    lag: () => current.lag(),
    replaceRules: (next) =>
      inTurn(async () => {
        if (isStopped) return;
        await current.stop();
        current = open(next);
        await current.start();
      }),
    stop: () => {
      isStopped = true;
      return inTurn(() => current.stop());
    },
  };
}
