import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { leafHash, merkleRoot } from './merkle.ts';
import { createNoteSigner } from './note.ts';
import { consistencyProof, inclusionProof, TreeReader } from './proof.ts';
import { proofFile } from './proof-file.ts';
import { verifyConsistency, verifyInclusion } from './verify/merkle.ts';
import { parseVerifierKey } from './verify/note.ts';
import { verifyProof } from './verify/proof.ts';
import { LogWriter } from './writer/log-writer.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const signer = createNoteSigner('ledger.example/proofs', generateKeyPairSync('ed25519').privateKey);
const leaves = Array.from({ length: 66_000 }, (_, index) => Buffer.from(`leaf ${index}`));
const sizes = [1, 2, 3, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 66_000];
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'proofs-'));
  const writer = await LogWriter.open({ directory, log: 'log', signer });
  let size = 0;
  for (const next of sizes) {
    await writer.append(leaves.slice(size, next), '');
    await writer.publish();
    size = next;
  }
  await writer.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

function tree(size: number): TreeReader {
  return new TreeReader(join(directory, 'log'), size);
}

function buffers(digests: readonly string[]): Buffer[] {
  return digests.map((digest) => Buffer.from(digest, 'binary'));
}

test('every leaf that matters has a proof at every size', () => {
  for (const size of sizes) {
    const root = merkleRoot(leaves.slice(0, size));
    const reader = tree(size);
    for (const index of new Set([0, 1, 254, 255, 256, 511, 65_535, size - 2, size - 1])) {
      if (index < 0 || index >= size) continue;
      const leaf = Buffer.from(leafHash(leaves[index] ?? Buffer.alloc(0)), 'binary');
      const path = buffers(inclusionProof(reader, index));
      expect(verifyInclusion(index, size, leaf, path, root), `leaf ${index} of ${size}`).toBe(true);
      expect(verifyInclusion(index + 1, size, leaf, path, root)).toBe(false);
    }
  }
});

test('every size grows from every earlier one', () => {
  for (const to of sizes) {
    const reader = tree(to);
    const root = merkleRoot(leaves.slice(0, to));
    for (const from of sizes.filter((size) => size <= to)) {
      const path = buffers(consistencyProof(reader, from));
      const before = merkleRoot(leaves.slice(0, from));
      expect(verifyConsistency(from, to, before, root, path), `${from} to ${to}`).toBe(true);
      if (from < to) expect(verifyConsistency(from, to, root, root, path)).toBe(false);
    }
  }
});

test('entries read back, across bundles', () => {
  expect([...tree(66_000).entries(250, 520)]).toEqual(leaves.slice(250, 520));
});

test('a proof stands alone', () => {
  const checkpoint = readFileSync(join(directory, 'log/checkpoint'), 'utf8');
  const text = proofFile(300, inclusionProof(tree(66_000), 300), checkpoint);
  const key = parseVerifierKey(signer.vkey);
  expect(verifyProof(text, Buffer.from('leaf 300'), key)).toMatchObject({ index: 300, size: 66_000 });
  expect(() => verifyProof(text, Buffer.from('leaf 301'), key)).toThrow('not leaf 300');
  expect(() => verifyProof(text.replace('index 300', 'index 301'), Buffer.from('leaf 300'), key)).toThrow(
    'not leaf',
  );
});

test('there is no proof of what the log does not have', () => {
  expect(() => inclusionProof(tree(5), 5)).toThrow('no such leaf');
  expect(() => consistencyProof(tree(5), 6)).toThrow('no proof');
});
