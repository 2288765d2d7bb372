import { BreakwaterError, messageOf } from '#shared/errors/error.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { retryForever } from './retry.ts';

/** Calls until it succeeds; `stage` says what is done, in logs and metrics. */
export type StageRetry = <Result>(stage: string, call: () => Promise<Result>) => Promise<Result>;

/** Retries the stages of a service for ever, each failure logged and counted; `signal` ends the waiting. */
export function createStageRetry({
  signal,
  telemetry,
  log,
}: {
  readonly signal: AbortSignal;
  readonly telemetry: Telemetry;
  readonly log: Log;
}): StageRetry {
  return (stage, call) =>
    retryForever(call, {
      signal,
      onRetry: (error, attempt, delay_ms) => {
        const code = error instanceof BreakwaterError ? error.code : 'unknown';
        telemetry.errorSeen(code, stage);
        log.warn(`${stage} failed, trying again`, {
          code,
          attempt,
          delay_ms: Math.round(delay_ms),
          reason: messageOf(error),
        });
      },
    });
}
