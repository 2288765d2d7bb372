import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  leafDigest,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from './merkle.ts';

const bytes = z
  .string()
  .nullish()
  .transform((text) => Buffer.from(text ?? '', 'base64'));
const size = z.number().default(0);
const vectorSchema = z.object({
  case: z.string(),
  wantErr: z.boolean(),
  proof: z
    .array(z.string())
    .nullish()
    .transform((proof) => (proof ?? []).map((hash) => Buffer.from(hash, 'base64'))),
  leafIdx: size,
  treeSize: size,
  start: size,
  end: size,
  size,
  size1: size,
  size2: size,
  leafHash: bytes,
  root: bytes,
  root1: bytes,
  root2: bytes,
});

const vectors = readFileSync(join(import.meta.dirname, 'fixtures/merkle-vectors.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => vectorSchema.parse(JSON.parse(line)));

function holds(vector: z.infer<typeof vectorSchema>): boolean {
  const { leafIdx, leafHash, root, root1, root2, proof, start, end } = vector;
  const [kind = ''] = vector.case.split('/');
  switch (kind) {
    case 'inclusion':
      return verifyInclusion(leafIdx, vector.treeSize, leafHash, proof, root);
    case 'consistency':
      return verifyConsistency(vector.size1, vector.size2, root1, root2, proof);
    case 'subtreeinclusion':
      return verifySubtreeInclusion(leafIdx, start, end, leafHash, proof, root);
    default:
      return verifySubtreeConsistency(start, end, vector.size, root1, root2, proof);
  }
}

test('there are 518 public vectors', () => expect(vectors).toHaveLength(518));

test.each(vectors)('$case', (vector) => expect(holds(vector)).toBe(!vector.wantErr));

test('sizes and indexes that are no natural numbers are refused', () => {
  const hash = Buffer.alloc(32);
  for (const odd of [-1, 0.5, Number.NaN, 2 ** 53]) {
    expect(verifyInclusion(odd, 1, hash, [], hash)).toBe(false);
    expect(verifyInclusion(0, odd, hash, [], hash)).toBe(false);
    expect(verifyConsistency(odd, 8, hash, hash, [hash])).toBe(false);
    expect(verifyConsistency(odd, odd, hash, hash, [])).toBe(false);
    expect(verifyConsistency(3, odd, hash, hash, [hash])).toBe(false);
    expect(verifySubtreeConsistency(odd, odd, 8, hash, hash, [])).toBe(false);
  }
});

test.each([0, 65_535, 65_536, 70_000])('the hash of a leaf of %i bytes', (length) => {
  const entry = Buffer.alloc(length, 7);
  const expected = hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'binary');
  expect(leafDigest(entry)).toBe(expected);
  expect(leafDigest(entry)).toBe(expected);
});

function node(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');
}

function leafOf(index: number): Buffer {
  return hash('sha256', Buffer.of(0, index), 'buffer');
}

const leaves = Array.from({ length: 20 }, (_, index) => leafOf(index));

function powerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** MTH of RFC 6962 over leaf hashes, word for word. */
function treeHash(of: readonly Buffer[]): Buffer {
  const [first = hash('sha256', '', 'buffer')] = of;
  const split = powerBelow(of.length);
  return of.length < 2 ? first : node(treeHash(of.slice(0, split)), treeHash(of.slice(split)));
}

/** SUBPROOF of RFC 6962, for a subtree that may begin anywhere. */
function subproof(start: number, end: number, of: readonly Buffer[], isKnown = true): Buffer[] {
  if (start === 0 && end === of.length) return isKnown ? [] : [treeHash(of)];
  const split = powerBelow(of.length);
  const [left, right] = [of.slice(0, split), of.slice(split)];
  if (end <= split) return [...subproof(start, end, left, isKnown), treeHash(right)];
  if (split <= start) return [...subproof(start - split, end - split, right, isKnown), treeHash(left)];
  return [...subproof(0, end - split, right, false), treeHash(left)];
}

function isAligned(start: number, end: number): boolean {
  return start % (end - start === 1 ? 1 : powerBelow(end - start) * 2) === 0;
}

test('every subtree of every small tree is proven by its proof, and by no other', () => {
  for (let end_of_tree = 1; end_of_tree <= leaves.length; end_of_tree += 1) {
    const tree = leaves.slice(0, end_of_tree);
    const root = treeHash(tree);
    for (let start = 0; start < end_of_tree; start += 1) {
      for (let end = start + 1; end <= end_of_tree; end += 1) {
        if (!isAligned(start, end)) continue;
        const subtree = treeHash(tree.slice(start, end));
        const proof = subproof(start, end, tree);
        const check = (by: readonly Buffer[], of = subtree): boolean =>
          verifySubtreeConsistency(start, end, end_of_tree, of, root, by);
        const where = `[${start}, ${end}) of ${end_of_tree}`;
        expect(check(proof), where).toBe(true);
        expect(check([...proof, root]), where).toBe(false);
        expect(check(proof, node(subtree, subtree)), where).toBe(false);
        for (const [at, one] of proof.entries()) {
          expect(check(proof.toSpliced(at, 1)), where).toBe(false);
          expect(check(proof.with(at, node(one, one))), where).toBe(false);
          expect(check(proof.with(at, Buffer.concat([one, Buffer.of(0)]))), where).toBe(false);
        }
      }
    }
  }
});

describe('what was made to fit is refused all the same', () => {
  const [a, b, c, d] = [leafOf(0), leafOf(1), leafOf(2), leafOf(3)];
  const empty = treeHash([]);

  test('a proof that goes on beyond the root', () => {
    expect(verifyInclusion(0, 1, a, [b], node(b, a))).toBe(false);
    expect(verifyConsistency(1, 2, a, node(c, node(a, b)), [b, c])).toBe(false);
  });

  test('a subtree that ends beyond the tree', () => {
    const root = node(node(node(a, b), c), d);
    expect(verifySubtreeConsistency(0, 9, 8, a, root, [a, b, c, d])).toBe(false);
  });

  test('a subtree that begins where none can', () => {
    const root = node(c, node(a, b));
    expect(verifySubtreeConsistency(1, 3, 4, node(c, a), root, [a, b, c])).toBe(false);
  });

  test('sizes that are no natural numbers', () => {
    expect(verifySubtreeConsistency(0, 4, 8.5, a, node(a, b), [b])).toBe(false);
    expect(verifySubtreeInclusion(0, 0, 3.5, a, [b, c], node(node(a, b), c))).toBe(false);
    expect(verifySubtreeInclusion(-4, -4, 0, a, [b, c], node(node(a, b), c))).toBe(false);
  });

  test('the empty tree begins itself, and nothing else', () => {
    expect(verifyConsistency(0, 0, empty, empty, [])).toBe(true);
    expect(verifyConsistency(0, 0, empty, a, [])).toBe(false);
    expect(verifyConsistency(0, 0, a, a, [])).toBe(false);
    expect(verifyConsistency(0, 0, empty, empty, [a])).toBe(false);
    expect(verifyConsistency(0, 1, empty, a, [])).toBe(false);
  });
});
