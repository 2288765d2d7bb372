import { hash } from 'node:crypto';

/**
 * RFC 6962 proofs, checked. Hashes are 32-byte Buffers outside and binary strings inside. All functions answer whether
 * the proof is exactly right: no hash missing, none left over, sizes and indexes in range.
 */

type Digest = string;

const emptyRoot: Digest = hash('sha256', '', 'binary');
const nodeScratch = Buffer.alloc(65, 0x01);
let leafScratch = Buffer.alloc(65_536);

export function leafDigest(entry: Buffer): Digest {
  if (entry.length >= leafScratch.length) leafScratch = Buffer.alloc(entry.length + 1);
  leafScratch[0] = 0x00;
  entry.copy(leafScratch, 1);
  return hash('sha256', leafScratch.subarray(0, 1 + entry.length), 'binary');
}

export function nodeDigest(left: Digest, right: Digest): Digest {
  nodeScratch.write(left, 1, 'binary');
  nodeScratch.write(right, 33, 'binary');
  return hash('sha256', nodeScratch, 'binary');
}

/** The root over up to 256 subtrees of one height: MTH of RFC 6962, section 2.1, bottom up. */
export function rootDigest(digests: readonly Digest[]): Digest {
  let row = digests;
  while (row.length > 1) {
    const above: Digest[] = [];
    for (let index = 0; index + 1 < row.length; index += 2) {
      above.push(nodeDigest(row[index] ?? '', row[index + 1] ?? ''));
    }
    if (row.length % 2 === 1) above.push(row.at(-1) ?? '');
    row = above;
  }
  return row[0] ?? emptyRoot;
}

/** Does `leaf` lie at `index` of the tree with `size` leaves and `root`? */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  return verifySubtreeInclusion(index, 0, size, leaf, proof, root);
}

/**
 * Is the tree (`size1`, `root1`) the beginning of the tree (`size2`, `root2`)? From the empty tree to a larger one
 * there is nothing to prove, so a proof of it proves nothing: that is refused.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  root1: Buffer,
  root2: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (size1 === size2) {
    const possible = size1 > 0 ? isSize(size1) : root1.toString('binary') === emptyRoot;
    return possible && proof.length === 0 && root1.equals(root2);
  }
  if (size1 === 0) return false;
  return verifySubtreeConsistency(0, size1, size2, root1, root2, proof);
}

/** Does `leaf` lie at `index` of the leaves [start, end), whose subtree has the hash `root`? */
export function verifySubtreeInclusion(
  index: number,
  start: number,
  end: number,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!isSubtree(start, end) || !Number.isSafeInteger(index) || index < start || index >= end) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let [node, last] = [index - start, end - start - 1];
  let digest = leaf.toString('binary');
  for (const hash of proof) {
    if (last === 0) return false;
    const sibling = hash.toString('binary');
    if (node % 2 === 1 || node === last) {
      digest = nodeDigest(sibling, digest);
      // The last node of a level without a sibling rises until it has one.
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else digest = nodeDigest(digest, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && digest === root.toString('binary');
}

/** Is the subtree of the leaves [start, end) with the hash `subtree` part of the tree (`size`, `root`)? */
export function verifySubtreeConsistency(
  start: number,
  end: number,
  size: number,
  subtree: Buffer,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!isSize(start) || !isSize(size) || end > size) return false;
  if (start === end) return proof.length === 0 && subtree.toString('binary') === emptyRoot;
  if (start === 0 && end === size) return proof.length === 0 && subtree.equals(root);
  if (!isSubtree(start, end)) return false;
  if (![subtree, root, ...proof].every(isHash)) return false;
  let [first, node, last] = [start, end - 1, size - 1];
  const rise = (): void => {
    [first, node, last] = [half(first), half(node), half(last)];
  };
  // Climb to the largest perfect subtree that ends where [start, end) ends; within the same edge, to its root.
  while (first !== node && (node === last || node % 2 === 1)) rise();
  const known = first === node ? subtree : proof[0];
  if (known === undefined) return false;
  let [inner, outer] = [known.toString('binary'), known.toString('binary')];
  for (const hash of first === node ? proof : proof.slice(1)) {
    if (last === 0) return false;
    const sibling = hash.toString('binary');
    if (node % 2 === 1 || node === last) {
      if (first < node) inner = nodeDigest(sibling, inner);
      outer = nodeDigest(sibling, outer);
      while (node % 2 === 0 && node !== 0) rise();
    } else outer = nodeDigest(outer, sibling);
    rise();
  }
  return last === 0 && inner === subtree.toString('binary') && outer === root.toString('binary');
}

/** [start, end) is a subtree when start is a multiple of the smallest power of two that holds end - start leaves. */
function isSubtree(start: number, end: number): boolean {
  if (!isSize(start) || !isSize(end) || start >= end) return false;
  let span = 1;
  while (span < end - start) span *= 2;
  return start % span === 0;
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

function isHash(hash: Buffer): boolean {
  return hash.length === 32;
}

/** Shifts are 32 bits wide in JavaScript. */
function half(value: number): number {
  return Math.floor(value / 2);
}
