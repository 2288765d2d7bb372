import { createPublicKey, type KeyObject } from 'node:crypto';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';

type Entry = Parameters<typeof verifyMerkleInclusion>[0];

/** One leaf with its proof, as sigstore's verifier wants it. */
export interface SigstoreClaim {
  readonly index: number;
  readonly entry: Buffer;
  /** Binary strings of 32 characters. */
  readonly path: readonly string[];
  readonly checkpoint: string;
  readonly vkey: string;
  readonly key: KeyObject;
}

/** Asks sigstore's verifier; it throws when it does not agree. */
export function askSigstore({ index, entry, path, checkpoint, vkey, key }: SigstoreClaim): void {
  const [name = '', id = ''] = vkey.split('+');
  const claim: Entry = {
    logIndex: String(index),
    logId: { keyId: Buffer.from(id, 'hex') },
    kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
    integratedTime: '0',
    inclusionPromise: { signedEntryTimestamp: Buffer.alloc(0) },
    inclusionProof: {
      logIndex: String(index),
      rootHash: Buffer.alloc(0),
      treeSize: '0',
      hashes: path.map((digest) => Buffer.from(digest, 'binary')),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: entry,
  };
  const log = {
    logID: Buffer.concat([Buffer.from(id, 'hex'), Buffer.alloc(28)]),
    publicKey: createPublicKey(key),
    baseURL: `https://${name}`,
    validFor: { start: new Date(0), end: new Date(8.64e15) },
  };
  verifyMerkleInclusion(claim, verifyCheckpoint(claim, [log]));
}
