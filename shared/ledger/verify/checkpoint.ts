import { Malformed } from './malformed.ts';
import { decodeBase64, openNote, type VerifiedSignature, type VerifierKey } from './note.ts';

/** The tree head of a log (c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

export interface OpenedCheckpoint extends Checkpoint {
  readonly text: string;
  readonly verified: readonly VerifiedSignature[];
}

/** Reads the three lines of a checkpoint's text. Extension lines are refused: nobody could audit them. */
export function parseCheckpointText(text: string): Checkpoint {
  const [, origin = '', size = '', root = ''] = /^([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n$/u.exec(text) ?? [];
  if (origin === '') throw new Malformed('a checkpoint is an origin, a size and a root hash');
  if (!Number.isSafeInteger(Number(size))) throw new Malformed(`the size ${size} is out of range`);
  const hash = decodeBase64(root, 'the root hash');
  if (hash.length !== 32) throw new Malformed('the root hash is not 32 bytes');
  return { origin, size: Number(size), root: hash };
}

/**
 * Reads a checkpoint of the log that `log` is the key of, and the cosignatures of `witnesses`. `others` are the keys of
 * this log before and after `log`, as the chain of its rotations has them: any of them may have signed.
 * @throws Malformed when no key of the log signed it, or its origin is not the key's name.
 */
export function openCheckpoint(
  bytes: Buffer,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
  others: readonly VerifierKey[] = [],
): OpenedCheckpoint {
  const own = [log, ...others];
  const { text, verified } = openNote(bytes, [...own, ...witnesses]);
  if (!verified.some((signature) => own.includes(signature.key)))
    throw new Malformed(`${log.name} did not sign it`);
  const checkpoint = parseCheckpointText(text);
  if (checkpoint.origin !== log.name) {
    throw new Malformed(`the origin is ${checkpoint.origin}, not ${log.name}`);
  }
  return { ...checkpoint, text, verified };
}
