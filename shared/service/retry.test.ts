import { describe, expect, it } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import { retryForever } from './retry.ts';

const passing = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'the broker is away');
const final = new BreakwaterError('BW_CONFIG_INVALID', 'wrong');

function failing(times: number, error: unknown): () => Promise<string> {
  let left = times;
  return () => {
    left -= 1;
    return left >= 0 ? Promise.reject(error) : Promise.resolve('done');
  };
}

const options = (signal = new AbortController().signal) => ({
  onRetry: () => undefined,
  signal,
  random: () => 0,
});

describe('retryForever', () => {
  it('retries what a retry may cure', async () => {
    const attempts: number[] = [];
    const result = await retryForever(failing(3, passing), {
      ...options(),
      onRetry: (_error, attempt) => attempts.push(attempt),
    });
    expect(result).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('throws at once what a retry cannot cure, and what it does not know', async () => {
    await expect(retryForever(failing(1, final), options())).rejects.toBe(final);
    const unknown = new Error('a bug');
    await expect(retryForever(failing(1, unknown), options())).rejects.toBe(unknown);
  });

  it('gives up when stopping, with the last error', async () => {
    const stopping = new AbortController();
    const waiting = retryForever(failing(99, passing), {
      signal: stopping.signal,
      random: () => 1,
      onRetry: () => stopping.abort(),
    });
    await expect(waiting).rejects.toBe(passing);
  });
});
