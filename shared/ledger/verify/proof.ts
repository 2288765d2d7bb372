import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import { Malformed } from './malformed.ts';
import { leafDigest, verifyInclusion } from './merkle.ts';
import { decodeBase64, type VerifierKey } from './note.ts';

/** What a proof that stands alone says. */
export interface Proof {
  readonly index: number;
  readonly path: readonly Buffer[];
  /** The checkpoint, not yet verified. */
  readonly checkpoint: Buffer;
}

/** A path in a tree of at most 2^53 leaves. */
const path_hashes_max = 53;

/** Reads a `.tlog-proof` file (c2sp.org/tlog-proof). The `extra` line may hold anything and is ignored. */
export function parseProof(text: string): Proof {
  const [, index = '', hashes = '', checkpoint = ''] =
    /^c2sp\.org\/tlog-proof@v1\n(?:extra [A-Za-z0-9+/=]*\n)?index (0|[1-9]\d*)\n((?:[^\n]+\n)*)\n([^]+)$/u.exec(
      text,
    ) ?? [];
  if (index === '') throw new Malformed('it is not a tlog-proof');
  const path = hashes
    .split('\n')
    .slice(0, -1)
    .map((line) => decodeBase64(line, 'a hash'));
  if (path.length > path_hashes_max) throw new Malformed('the proof is longer than any tree is high');
  return { index: Number(index), path, checkpoint: Buffer.from(checkpoint) };
}

/**
 * Checks that `entry` is the leaf that the proof is about, in the tree that the log signed. `others` are further keys of
 * the log, from the chain of its rotations.
 * @throws Malformed saying what does not hold.
 */
export function verifyProof(
  text: string,
  entry: Buffer,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
  others: readonly VerifierKey[] = [],
): OpenedCheckpoint & { readonly index: number } {
  const proof = parseProof(text);
  const checkpoint = openCheckpoint(proof.checkpoint, log, witnesses, others);
  const leaf = Buffer.from(leafDigest(entry), 'binary');
  if (!verifyInclusion(proof.index, checkpoint.size, leaf, proof.path, checkpoint.root)) {
    throw new Malformed(`the entry is not leaf ${proof.index} of the log`);
  }
  return { ...checkpoint, index: proof.index };
}
