import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { get, type HttpOptions, withRetries } from './http.ts';

/** A file that is pinned by its content. */
export interface PinnedFile {
  readonly size_bytes: number;
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal. */
  readonly digest: string;
}

/**
 * Fetches a file to `target` unless it is there. What an interrupted run left is continued; the file appears under
 * its name only after its digest was checked, so a file that is there is good. Throws `BW_STACK_DOWNLOAD_FAILED`,
 * `BW_STACK_DOWNLOAD_REFUSED`, `BW_STACK_DIGEST_MISMATCH`.
 */
export async function downloadFile(
  address: URL,
  target: string,
  pinned: PinnedFile,
  options: HttpOptions,
): Promise<void> {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  await withRetries(options.signal, () => continueFile(address, partial, pinned, options));
  if ((await digestOf(partial, pinned.algorithm)) !== pinned.digest) {
    rmSync(partial);
    throw new BreakwaterError(
      'BW_STACK_DIGEST_MISMATCH',
      `${address.href}: not the pinned ${pinned.algorithm}`,
    );
  }
  renameSync(partial, target);
}

async function continueFile(
  address: URL,
  partial: string,
  pinned: PinnedFile,
  options: HttpOptions,
): Promise<void> {
  const present_bytes = existsSync(partial) ? statSync(partial).size : 0;
  if (present_bytes === pinned.size_bytes) return;
  const resumes = present_bytes > 0 && present_bytes < pinned.size_bytes;
  const body = await get(address, resumes ? `bytes=${present_bytes}-` : undefined, options);
  // 200 instead of 206: the server does not resume and sends all of it.
  await pipeline(body.chunks, createWriteStream(partial, { flags: body.status === 206 ? 'a' : 'w' }));
  const received_bytes = statSync(partial).size;
  if (received_bytes < pinned.size_bytes) {
    throw new BreakwaterError(
      'BW_STACK_DOWNLOAD_FAILED',
      `${address.href}: ended after ${received_bytes} bytes`,
    );
  }
}

/** Hexadecimal digest of a file. */
async function digestOf(file: string, algorithm: PinnedFile['algorithm']): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
