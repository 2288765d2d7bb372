import { setTimeout as sleep } from 'node:timers/promises';
import { BreakwaterError, isRetriable } from '#shared/errors/error.ts';

const attempts_max = 6;
const backoff_ms = 500;
/** A connection over which nothing comes for this long is given up and tried again. */
const stall_ms_max = 30_000;

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
}

/** An answer whose body is read piece by piece; a stalled one throws. */
export interface HttpBody {
  readonly status: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** GET with an optional `Range`. Throws a retriable `BW_STACK_DOWNLOAD_FAILED` for whatever may go away. */
export async function get(address: URL, range: string | undefined, options: HttpOptions): Promise<HttpBody> {
  const { url, authorization } = withoutCredentials(address);
  const stall = new AbortController();
  const signal =
    options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal]);
  const timer = setTimeout(() => stall.abort(stalled(url)), stall_ms_max);
  const headers = {
    ...(range !== undefined && { range }),
    ...(authorization !== undefined && { authorization }),
  };
  const response = await fetch(url, { headers, signal }).catch((cause: unknown) => {
    clearTimeout(timer);
    throw failed(url, options.signal, cause);
  });
  if (!response.ok || response.body === null) {
    clearTimeout(timer);
    await response.body?.cancel();
    throw refused(url, response.status);
  }
  return { status: response.status, chunks: watched(response.body, url, timer, options) };
}

/** Every piece proves that the connection lives, and is counted. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  url: URL,
  timer: NodeJS.Timeout,
  options: HttpOptions,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      timer.refresh();
      options.onBytes(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    throw failed(url, options.signal, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` until it succeeds, with doubling pauses, as long as its error is retriable and attempts are left. */
export async function withRetries<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRetriable(error) || attempt === attempts_max || signal?.aborted === true) throw error;
      await sleep(backoff_ms * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/** `fetch` refuses addresses with credentials; a mirror in a company may need them. */
function withoutCredentials(address: URL): { readonly url: URL; readonly authorization: string | undefined } {
  const url = new URL(address);
  if (url.username === '') return { url, authorization: undefined };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function stalled(url: URL): BreakwaterError {
  return new BreakwaterError('BW_STACK_DOWNLOAD_FAILED', `${url.href}: nothing came for ${stall_ms_max} ms`);
}

function failed(url: URL, signal: AbortSignal | undefined, cause: unknown): unknown {
  if (signal?.aborted === true || cause instanceof BreakwaterError) return cause;
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new BreakwaterError('BW_STACK_DOWNLOAD_FAILED', `${url.href}: ${reason}`, {}, cause);
}

/** A status that a repeated request will not change is an answer about the repository, not a hiccup. */
function refused(url: URL, status: number): BreakwaterError {
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  const code = isFinal ? 'BW_STACK_DOWNLOAD_REFUSED' : 'BW_STACK_DOWNLOAD_FAILED';
  return new BreakwaterError(code, `${url.href}: HTTP ${status}`, { status });
}
