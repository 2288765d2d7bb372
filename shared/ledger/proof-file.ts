import type { Digest } from './merkle.ts';

/** A proof that stands alone (c2sp.org/tlog-proof): where the leaf lies, its path, and the checkpoint it leads to. */
export function proofFile(index: number, path: readonly Digest[], checkpoint: string): string {
  const hashes = path.map((digest) => `${Buffer.from(digest, 'binary').toString('base64')}\n`);
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.join('')}\n${checkpoint}`;
}
