import { isRetriable } from '#shared/errors/error.ts';

const first_delay_ms = 100;
const delay_ms_max = 10_000;

export interface RetryOptions {
  /** Told before each wait, so that a stall is visible. */
  readonly onRetry: (error: unknown, attempt: number, delay_ms: number) => void;
  /** Ends the waiting: the last error is thrown. */
  readonly signal: AbortSignal;
  /** 0 to 1; for tests. */
  readonly random?: () => number;
}

/**
 * Calls until it succeeds. Retriable errors are retried for ever with capped, fully jittered back-off: the caller holds
 * its batch meanwhile, which is the back-pressure. Any other error is thrown at once.
 */
export async function retryForever<Result>(
  call: () => Promise<Result>,
  { onRetry, signal, random = Math.random }: RetryOptions,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isRetriable(error) || signal.aborted) throw error;
      const delay_ms = Math.min(delay_ms_max, first_delay_ms * 2 ** Math.min(attempt - 1, 10)) * random();
      onRetry(error, attempt, delay_ms);
      await sleep(delay_ms, signal);
    }
  }
}

function sleep(delay_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delay_ms);
    signal.addEventListener('abort', done);
  });
}
