import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingTree, leafHash, merkleRoot, nodeHash, rootOf } from './merkle.ts';

/** RFC 6962, section 2.1, word for word: the recursive definition, slow and obvious. */
function definition(items: readonly Buffer[]): Buffer {
  const [first] = items;
  if (first === undefined) return createHash('sha256').digest();
  if (items.length === 1) return createHash('sha256').update(Buffer.of(0)).update(first).digest();
  let split = 1;
  while (split * 2 < items.length) split *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(definition(items.slice(0, split)))
    .update(definition(items.slice(split)))
    .digest();
}

test('the empty tree has the hash of the empty string', () => {
  expect(merkleRoot([]).toString('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

test('a tree of one leaf is its leaf hash', () => {
  expect(merkleRoot([Buffer.alloc(0)]).toString('hex')).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  );
});

test('any list of items has the root that RFC 6962 defines', () => {
  const items = fc.array(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 70 },
  );
  fc.assert(
    fc.property(items, (list) => {
      expect(merkleRoot(list).equals(definition(list))).toBe(true);
    }),
  );
});

test('items larger than the scratch buffer hash the same way', () => {
  const large = Buffer.alloc(70_000, 7);
  expect(Buffer.from(leafHash(large), 'latin1')).toEqual(definition([large]));
});

test('tiles are told as they become full, level by level', () => {
  const full: string[] = [];
  const tree = new GrowingTree((level, index, bytes) => full.push(`${level}/${index} ${bytes.length}`));
  const leaf = leafHash(Buffer.of(1));
  for (let size = 1; size <= 65_536; size += 1) tree.append(leaf);
  expect(full).toHaveLength(257);
  expect(full.slice(254)).toEqual(['0/254 8192', '0/255 8192', '1/0 8192']);
  expect(tree.levels().map((digests) => digests.length)).toEqual([0, 0, 32]);
});

test('a tree goes on from the partial tiles of another', () => {
  const items = Array.from({ length: 66_000 }, (_, index) => Buffer.from(String(index)));
  const first = new GrowingTree();
  for (const item of items.slice(0, 65_800)) first.append(leafHash(item));
  const second = GrowingTree.fromLevels(first.levels());
  for (const item of items.slice(65_800)) second.append(leafHash(item));
  expect(second.size).toBe(66_000);
  expect(Buffer.from(second.root(), 'binary')).toEqual(definition(items));
});

test('digests one behind another have the root of the tree that grows by them', () => {
  const sizes = new Set([0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_049]);
  const tree = new GrowingTree();
  const digests: string[] = [];
  for (let size = 0; size <= 66_049; size += 1) {
    if (sizes.has(size)) expect(rootOf(Buffer.from(digests.join(''), 'binary'))).toBe(tree.root());
    const digest = leafHash(Buffer.from(String(size)));
    digests.push(digest);
    tree.append(digest);
  }
});

test('swapping left and right changes a node', () => {
  const left = leafHash(Buffer.of(1));
  const right = leafHash(Buffer.of(2));
  expect(nodeHash(left, right)).not.toBe(nodeHash(right, left));
});
