import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
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
