import { open } from 'node:fs/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { downloadFile, type PinnedFile } from './file.ts';
import { get, type HttpOptions, withRetries } from './http.ts';

/** Reads pieces of a large file, wherever it is. */
export interface RangeReader {
  /** Exactly the bytes from `start` up to but without `end`. */
  read(start: number, end: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Pieces of a pinned file over HTTP. A mirror that does not serve ranges is asked for the whole file once, which is
 * kept at `fallbackFile` and read from there; `onBytes` counts only that.
 */
export async function openRanges(
  address: URL,
  pinned: PinnedFile,
  fallbackFile: string,
  options: HttpOptions,
): Promise<RangeReader> {
  const uncounted = { ...options, onBytes: () => undefined };
  if (await withRetries(options.signal, () => servesRanges(address, uncounted)))
    return httpRanges(address, uncounted);
  await downloadFile(address, fallbackFile, pinned, options);
  return fileRanges(fallbackFile);
}

/** Asks for one byte. The rest is not waited for: a server without ranges would send the whole file. */
async function servesRanges(address: URL, options: HttpOptions): Promise<boolean> {
  const { status, chunks } = await get(address, 'bytes=0-0', options);
  for await (const _ of chunks) break;
  return status === 206;
}

function httpRanges(address: URL, options: HttpOptions): RangeReader {
  const readOnce = async (start: number, end: number): Promise<Buffer> => {
    const body = await get(address, `bytes=${start}-${end - 1}`, options);
    const bytes = Buffer.concat(await Array.fromAsync(body.chunks));
    if (body.status === 206 && bytes.length === end - start) return bytes;
    throw new BreakwaterError(
      'BW_STACK_DOWNLOAD_FAILED',
      `${address.href}: range ${start}-${end} came incomplete`,
    );
  };
  return {
    read: (start, end) => withRetries(options.signal, () => readOnce(start, end)),
    close: () => Promise.resolve(),
  };
}

async function fileRanges(file: string): Promise<RangeReader> {
  const handle = await open(file, 'r');
  return {
    read: async (start, end) => {
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead === bytes.length) return bytes;
      throw new BreakwaterError('BW_STACK_DIGEST_MISMATCH', `${file}: shorter than its pinned size`);
    },
    close: () => handle.close(),
  };
}
